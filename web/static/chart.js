// Walks the marks of a chart by arrow keys and shows the sentence of the one that is pointed at or has the focus.
// Without it the sentence is the mark's title, and every chart has its table.
(() => {
  if (window.chartsWalk) return;
  window.chartsWalk = true;
  const bodyOf = (node) => node?.closest?.(".chart-body");
  const markOf = (node) => node?.closest?.(".chart-body .mark, .heat td");
  let asked;

  // The browser's own tooltip would show the sentence twice. A cell of a table speaks with its row and its column.
  const sentence = (mark) => {
    if (mark.localName === "td") {
      if (mark.title) { mark.dataset.more = mark.title; mark.removeAttribute("title"); mark.setAttribute("aria-description", mark.dataset.more); }
      const heads = mark.closest("table").rows[0].cells;
      return `\u2068${mark.parentNode.cells[0].textContent}\u2069 · ${heads[mark.cellIndex].textContent}: ${[mark.textContent, mark.dataset.more].filter(Boolean).join(" · ")}`;
    }
    const title = mark.querySelector(":scope > title");
    if (title) { mark.setAttribute("aria-label", title.textContent); title.remove(); }
    return mark.getAttribute("aria-label") || "";
  };
  const hide = () => {
    if (!asked) return;
    asked.classList.remove("asked");
    const tip = bodyOf(asked)?.querySelector(".chart-tip");
    if (tip) tip.hidden = true;
    asked = null;
  };
  const show = (mark) => {
    const body = bodyOf(mark), tip = body?.querySelector(".chart-tip");
    if (!tip || asked === mark) return;
    hide();
    asked = mark;
    mark.classList.add("asked");
    tip.textContent = sentence(mark);
    tip.hidden = false;
    const b = body.getBoundingClientRect(), m = mark.getBoundingClientRect(), t = tip.getBoundingClientRect();
    const above = m.top - b.top - t.height - 8;
    tip.style.insetInlineStart = "auto";
    tip.style.left = Math.min(Math.max(m.left + m.width / 2 - b.left - t.width / 2, 0), Math.max(b.width - t.width, 0)) + "px";
    tip.style.top = (above < -t.height ? Math.min(m.bottom, b.bottom) - b.top + 8 : above) + "px";
  };

  // Pointing at a plot asks the mark next to the pointer: points are smaller than fingers.
  const nearest = (body, e) => {
    let best, least = 40;
    for (const m of body.querySelectorAll(".mark")) {
      const r = m.getBoundingClientRect();
      const d = Math.hypot(Math.max(r.left - e.clientX, 0, e.clientX - r.right), Math.max(r.top - e.clientY, 0, e.clientY - r.bottom) / 4);
      if (d < least) { least = d; best = m; }
    }
    return best;
  };
  const point = (e) => {
    const body = bodyOf(e.target), mark = body && (markOf(e.target) || nearest(body, e));
    if (mark) show(mark);
    else if (!body && asked !== document.activeElement) hide();
  };
  addEventListener("pointermove", point, { passive: true });
  addEventListener("pointerdown", point, { passive: true });

  // A table of cells is entered by its first.
  const cells = (table) => [...table.querySelectorAll("tbody td")];
  const enter = (body) => body?.querySelectorAll("table[data-grid]").forEach((table) => {
    if (table.querySelector("td[tabindex]")) return;
    cells(table).forEach((td, i) => td.setAttribute("tabindex", i ? "-1" : "0"));
  });
  const enterAll = () => document.querySelectorAll(".chart-body").forEach(enter);
  enterAll();
  addEventListener("focusin", (e) => { enterAll(); const mark = markOf(e.target); if (mark) show(mark); else hide(); });

  addEventListener("keydown", (e) => {
    if (e.key === "Escape") return hide();
    const mark = markOf(e.target), body = bodyOf(mark);
    if (!mark || mark !== e.target || e.altKey || e.ctrlKey || e.metaKey) return;
    const table = mark.closest("table[data-grid]"), all = table ? cells(table) : [...body.querySelectorAll(".mark")];
    const columns = table ? mark.parentNode.cells.length - 1 : all.length, step = table ? columns : 1;
    const i = all.indexOf(mark), first = i - i % columns, last = Math.min(first + columns, all.length) - 1;
    const on = getComputedStyle(body).direction === "rtl" ? -1 : 1;
    const sideways = (j) => Math.min(Math.max(j, first), last);
    const to = { ArrowRight: sideways(i + on), ArrowLeft: sideways(i - on), ArrowDown: i + step, ArrowUp: i - step, Home: first, End: last }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = all[to];
    if (!next || next === mark) return;
    mark.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
})();
