// Keeps an open page true: on "changed" it fetches the page and puts its main part in place.
// Who writes is left alone.
(() => {
  if (!window.EventSource) return;
  const get = (id, from = document) => from.getElementById(id);
  let stale = false, busy = false, dirty = false, timer;

  const editing = () => {
    const at = document.activeElement;
    return dirty || document.querySelector("dialog[open]") || get("main").contains(at) && at.matches("input, textarea, select, .chart-body *");
  };
  // Where a reader stands that has no name: the so-many-th of those alike.
  const what = (e) => e.getAttribute("href") ?? e.textContent;
  const alike = (at) => [...get("main").querySelectorAll(at.tagName)].filter((e) => what(e) === what(at));
  const put = (id, now) => now && get(id)?.replaceChildren(...now.childNodes);
  const later = () => { clearTimeout(timer); if (stale) timer = setTimeout(refresh, 150); };

  async function refresh() {
    if (busy || document.hidden || editing()) return;
    busy = true; stale = false;
    try {
      const answer = await fetch(location.href, { headers: { "HX-Request": "true", "X-Live": "1" }, cache: "no-cache", referrer: document.referrer });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (editing()) { stale = true; return; }
      const focus = document.activeElement, place = alike(focus).indexOf(focus), x = scrollX, y = scrollY;
      const open = [...document.querySelectorAll("main details[open][id]")];
      put("main", get("main", page) || page.body);
      for (const id of ["nav", "bell"]) put(id, get(id, page));
      for (const d of open) get(d.id)?.setAttribute("open", "");
      (focus.id ? get(focus.id) : alike(focus)[place])?.focus({ preventScroll: true });
      scrollTo(x, y);
      window.htmx?.process(get("main"));
    } catch { /* the next "changed" tries again */ } finally { busy = false; later(); }
  }

  const made = performance.getEntriesByType("navigation")[0]?.serverTiming?.find((t) => t.name === "data")?.description;
  const source = new EventSource(made ? "/events?made=" + made : "/events");
  source.addEventListener("changed", () => { stale = true; later(); });
  addEventListener("input", (e) => { if (get("main").contains(e.target)) dirty = true; });
  addEventListener("submit", () => { dirty = false; });
  addEventListener("focusout", later);
  addEventListener("visibilitychange", later);
})();
