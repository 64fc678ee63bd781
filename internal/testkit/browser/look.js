// Looks at a page as somebody with eyes would; see look.go. One expression, evaluated through the DevTools protocol.
(() => {
  const root = document.documentElement;
  const name = (e) => {
    const one = (x) => x.localName + (x.id ? "#" + x.id : [...x.classList].slice(0, 2).map((c) => "." + c).join(""));
    const up = [];
    for (let x = e; x && x !== document.body && up.length < 3; x = x.parentElement) up.unshift(one(x));
    return up.join(" > ");
  };
  const say = (s) => "“" + s.trim().replace(/\s+/g, " ").slice(0, 40) + "”";

  // What of an element's content can be seen: its boxes cut by whatever hides what sticks out. Asked once an element.
  const known = new Map();
  const frame = (e) => {
    if (!e || e === root) return { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };
    if (known.has(e)) return known.get(e);
    const s = getComputedStyle(e), above = frame(e.parentElement);
    const f = { ...above };
    // A thing laid over the page on purpose: what is fixed or sticks, and a panel with a ground of its own.
    const ground = !/^rgba\(.*, 0\)$|^transparent$/.test(s.backgroundColor);
    f.over = above.over || s.position === "fixed" || s.position === "sticky" || (s.position === "absolute" && ground && s.zIndex !== "auto");
    if (s.overflowX !== "visible" || s.overflowY !== "visible" || s.clipPath !== "none" || s.clip !== "auto") {
      const b = e.getBoundingClientRect();
      Object.assign(f, { left: Math.max(f.left, b.left), right: Math.min(f.right, b.right), top: Math.max(f.top, b.top), bottom: Math.min(f.bottom, b.bottom) });
      f.scrolls = above.scrolls || /auto|scroll/.test(s.overflowX);
      f.dots = above.dots || s.textOverflow === "ellipsis" || s.webkitLineClamp !== "none";
    }
    known.set(e, f);
    return f;
  };
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const within = (b, f) => ({ left: Math.max(b.left, f.left), right: Math.min(b.right, f.right), top: Math.max(b.top, f.top), bottom: Math.min(b.bottom, f.bottom) });

  const boxes = [], cut = [];
  const add = (node, element, rect, says) => {
    const f = frame(element);
    const b = within(rect, f), w = b.right - b.left, h = b.bottom - b.top;
    if (w < 2 || h < 2 || f.over) return;
    if (says && rect.width - w > 3 && f.right - f.left > 2 && !f.scrolls && !f.dots) cut.push(`${say(says)} in ${name(element)}: ${Math.round(rect.width - w)} px`);
    boxes.push({ node, element, says: says || element.localName, ...b });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walker.nextNode());) {
    const e = n.parentElement;
    if (!n.data.trim() || e.closest("script, style, template, textarea, select, noscript, title, desc") || !seen(e)) continue;
    const range = document.createRange();
    range.selectNodeContents(n);
    for (const r of range.getClientRects()) {
      // A line's box is taller than its letters: lines set tightly touch without anybody noticing.
      const inset = r.height / 4;
      if (r.width > 1) add(n, e, { left: r.left + 1, right: r.right - 1, width: r.width - 2, top: r.top + inset, bottom: r.bottom - inset }, n.data);
    }
  }
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (seen(e)) add(e, e, e.getBoundingClientRect());

  const overlaps = new Set();
  boxes.sort((a, b) => a.top - b.top);
  boxes.forEach((a, i) => {
    for (let j = i + 1; j < boxes.length && boxes[j].top < a.bottom - 1; j++) {
      const b = boxes[j];
      const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (a.node !== b.node && w > 2 && h > 1) overlaps.add(`${say(a.says)} and ${say(b.says)} in ${name(b.element)}: ${Math.round(w)}×${Math.round(h)} px`);
    }
  });

  const overflow = [];
  const over = root.scrollWidth - root.clientWidth;
  if (over > 0) {
    const out = [...document.body.querySelectorAll("*")].filter((e) => {
      const b = within(e.getBoundingClientRect(), frame(e.parentElement));
      return seen(e) && b.bottom > b.top && (b.right > root.clientWidth + 0.5 || b.left < -0.5);
    });
    const inner = out.filter((e) => !out.some((x) => x !== e && e.contains(x)));
    overflow.push(`${over} px by ${inner.slice(0, 4).map(name).join(", ")}`);
  }

  const moves = new Set();
  const seconds = (s) => Math.max(...s.split(", ").map((t) => (t.endsWith("ms") ? parseFloat(t) / 1000 : parseFloat(t))));
  for (const e of document.querySelectorAll("*")) for (const part of [null, "::before", "::after"]) {
    const s = getComputedStyle(e, part);
    if (part && s.content === "none") continue;
    if (seconds(s.transitionDuration) > 0.01 || (s.animationName !== "none" && seconds(s.animationDuration) > 0.01) || s.scrollBehavior === "smooth")
      moves.add(name(e) + (part || ""));
  }
  return { Overflow: overflow, Overlaps: [...overlaps], Cut: [...new Set(cut)], Moves: [...moves] };
})()
