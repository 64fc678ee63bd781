// Walks the marks of a chart by arrow keys and shows the sentence of the one that is pointed at or has the focus.
// Without it the sentence is the mark's title, and every chart has its table.
(() => {
  if (window.chartsWalk) return;
  window.chartsWalk = true;
  const near = (node) => node instanceof Element ? node.closest(".chart-body") : null;
  const marks = (body) => [...body.querySelectorAll(".mark")];
  const tip = (body) => body.querySelector(".chart-tip");
  let asked;

  // The browser's own tooltip would show the sentence twice.
  const sentence = (mark) => {
    const title = mark.querySelector(":scope > title");
    if (title) { mark.setAttribute("aria-label", title.textContent); title.remove(); }
    return mark.getAttribute("aria-label") || "";
  };
  const hide = () => {
    if (!asked) return;
    asked.classList.remove("asked");
    const out = near(asked) && tip(near(asked));
    if (out) out.hidden = true;
    asked = null;
  };
  const show = (mark) => {
    const body = near(mark), out = body && tip(body);
    if (!out || asked === mark) return;
    hide();
    asked = mark;
    mark.classList.add("asked");
    out.textContent = sentence(mark);
    out.hidden = false;
    const b = body.getBoundingClientRect(), m = mark.getBoundingClientRect(), t = out.getBoundingClientRect();
    const left = Math.min(Math.max(m.left + m.width / 2 - b.left - t.width / 2, 0), Math.max(b.width - t.width, 0));
    const above = m.top - b.top - t.height - 8;
    out.style.insetInlineStart = "auto";
    out.style.left = left + "px";
    out.style.top = (above < -t.height / 2 ? m.bottom - b.top + 8 : above) + "px";
  };

  // Pointing at a plot asks the mark next to the pointer: points are smaller than fingers.
  const nearest = (body, e) => {
    let best, least = 40;
    for (const m of marks(body)) {
      const r = m.getBoundingClientRect();
      const d = Math.hypot(Math.max(r.left - e.clientX, 0, e.clientX - r.right), Math.max(r.top - e.clientY, 0, e.clientY - r.bottom) / 4);
      if (d < least) { least = d; best = m; }
    }
    return best;
  };
  const point = (e) => {
    const body = near(e.target);
    if (!body) { if (asked && asked !== document.activeElement) hide(); return; }
    const mark = e.target.closest(".mark") || nearest(body, e);
    if (mark) show(mark);
  };
  addEventListener("pointermove", point, { passive: true });
  addEventListener("pointerdown", point, { passive: true });
  addEventListener("focusin", (e) => { if (e.target.matches?.(".mark")) show(e.target); else hide(); });

  addEventListener("keydown", (e) => {
    if (e.key === "Escape") return hide();
    const mark = e.target.closest?.(".mark"), body = near(mark);
    if (!mark || e.altKey || e.ctrlKey || e.metaKey) return;
    const all = marks(body), i = all.indexOf(mark), cols = +mark.closest("[data-columns]")?.dataset.columns || 0;
    const on = getComputedStyle(body).direction === "rtl" ? -1 : 1;
    const row = cols ? Math.floor(i / cols) : 0, first = row * cols, last = cols ? Math.min(first + cols, all.length) - 1 : all.length - 1;
    const sideways = (j) => (j >= first && j <= last ? j : i);
    const to = {
      ArrowRight: sideways(i + on), ArrowLeft: sideways(i - on), ArrowDown: i + (cols || 1), ArrowUp: i - (cols || 1), Home: first, End: last,
    }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = all[to];
    if (!next || next === mark) return;
    mark.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
})();
