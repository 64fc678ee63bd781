// Follows the keyboard through a page; see keys.go. Evaluated through the DevTools protocol before the first key is pressed.
(() => {
  const name = (e) => e.localName + (e.id ? "#" + e.id : "") + (e.name ? `[name=${e.name}]` : "") + " “" + ((e.innerText || e.ariaLabel || e.value || "") + "").trim().replace(/\s+/g, " ").slice(0, 40) + "”";
  const shown = (e) => e.checkVisibility({ visibilityProperty: true });

  // Every place the Tab key has to reach: of radio buttons with one name, the chosen one or the first.
  const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")].filter((e) => {
    if (e.tabIndex < 0 || e.disabled || !shown(e) || e.closest("[inert]")) return false;
    if (e.type !== "radio" || !e.name) return true;
    const group = [...document.querySelectorAll(`input[type=radio][name="${CSS.escape(e.name)}"]`)].filter((x) => x.form === e.form && !x.disabled);
    return e === (group.find((x) => x.checked) || group[0]);
  });

  // A mark of focus may be on the element itself, its label, or what stands beside or around it.
  const around = (e) => [e, e.nextElementSibling, e.closest("label"), e.parentElement].filter(Boolean);
  const drawn = (e) => around(e).map((x) => {
    const s = getComputedStyle(x);
    return [s.outlineStyle === "none" ? "" : s.outline, s.boxShadow, s.borderColor, s.backgroundColor, s.textDecorationLine].join();
  }).join("|");
  const before = new Map(stops.map((e) => [e, drawn(e)]));

  const log = [];
  const inFront = (e) => {
    const box = e.getClientRects()[0]; // a line is thin, an input that only its label shows is a dot
    const face = box?.width > 2 || box?.height > 2 ? e : e.closest("label") || e.nextElementSibling || e;
    const r = face.getClientRects()[0];
    if (!r) return "has no box";
    const x = (Math.max(r.left, 0) + Math.min(r.right, innerWidth)) / 2, y = (Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2;
    if (r.bottom < 1 || r.top > innerHeight - 1 || r.right < 1 || r.left > innerWidth - 1) return "is outside the window";
    const top = document.elementFromPoint(x, y);
    const same = top && (face.contains(top) || top.contains(face) || (e.labels && [...e.labels].some((l) => l.contains(top))));
    return same ? "" : "is covered by " + (top ? name(top) : "nothing");
  };
  // What has the focus when the key goes down has been drawn, and scrolled to, since the last one.
  const note = () => {
    const e = document.activeElement;
    if (!e || e === document.body) return;
    log.push({ e, marked: before.has(e) ? drawn(e) !== before.get(e) : true, hidden: inFront(e) });
  };
  addEventListener("keydown", (k) => { if (k.key === "Tab") note(); }, true);

  // Of two neighbours in the order of keys the second must not stand wholly before the first, as one reads.
  const rtl = document.documentElement.dir === "rtl";
  const misplaced = (a, b) => {
    let top = a;
    while (top && !top.contains(b)) top = top.parentElement;
    if (!top || top === a) return false;
    const part = (e) => { while (e.parentElement !== top) e = e.parentElement; return e; };
    const apart = (e) => ["absolute", "fixed"].includes(getComputedStyle(part(e)).position);
    if (apart(a) || apart(b)) return false;
    const p = part(a).getBoundingClientRect(), q = part(b).getBoundingClientRect();
    if (!p.width || !q.width) return false;
    const after = rtl ? q.right <= p.left + 1 : q.left >= p.right - 1, ahead = rtl ? q.left >= p.right - 1 : q.right <= p.left + 1;
    const level = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > Math.min(p.height, q.height) / 2;
    return (q.bottom <= p.top + 1 && !after) || (level && ahead);
  };

  window.__walk = {
    count: stops.length,
    report() {
      note();
      const problems = new Set(), order = [];
      for (const { e, marked, hidden } of log) {
        // After the last place the focus leaves the page and comes back: only before it a key that moves nothing is a trap.
        if (order[order.length - 1] === e && stops.some((x) => !order.includes(x))) problems.add(`the keys stay at ${name(e)}`);
        if (order.includes(e)) continue;
        order.push(e);
        if (!marked) problems.add(`nothing shows that ${name(e)} has the focus`);
        if (hidden) problems.add(`${name(e)} has the focus and ${hidden}`);
      }
      const scrolls = (e) => e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight;
      const reached = order.filter((e) => stops.includes(e));
      for (const e of stops) if (!reached.includes(e)) problems.add(`the Tab key does not reach ${name(e)}`);
      for (const e of order) if (!stops.includes(e) && !scrolls(e)) problems.add(`the Tab key stops at ${name(e)}, which is nothing to act on`);
      for (let i = 1; i < reached.length; i++) {
        if (stops.indexOf(reached[i]) < stops.indexOf(reached[i - 1])) problems.add(`${name(reached[i])} comes after ${name(reached[i - 1])}`);
        if (misplaced(reached[i - 1], reached[i])) problems.add(`${name(reached[i])} is seen before ${name(reached[i - 1])} and reached after it`);
      }
      return [...problems];
    },
  };
  // A page may give the focus away by itself, to what is wrong with a form: the walk begins at the top all the same.
  if (document.activeElement && document.activeElement !== document.body) {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  }
  document.activeElement?.blur();
  return stops.length;
})()
