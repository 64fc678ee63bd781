// Keeps an open page true: when the server says "changed", fetch this page again and put its main part in place.
// Nobody who is writing is disturbed; without EventSource or network nothing happens.
(() => {
  if (!window.EventSource) return;
  const main = () => document.getElementById("main");
  let stale = false, busy = false, dirty = false, timer;

  const editing = () => {
    const at = document.activeElement;
    return dirty || document.querySelector("dialog[open], main details[open][data-hold]") ||
      (main()?.contains(at) && at.matches("input, textarea, select"));
  };
  const put = (old, now) => old && now && old.replaceChildren(...now.childNodes);

  const refresh = async () => {
    if (!stale || busy || document.hidden || editing()) return;
    busy = true; stale = false;
    try {
      const answer = await fetch(location.href, { headers: { "HX-Request": "true", "X-Live": "1" }, cache: "no-cache" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (editing()) { stale = true; return; }
      const focus = document.activeElement?.id, y = scrollY;
      const open = [...main().querySelectorAll("details[open][id]")].map((d) => d.id);
      put(main(), page.getElementById("main") || page.body);
      put(document.getElementById("nav"), page.getElementById("nav"));
      open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
      if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
      scrollTo(scrollX, y);
      window.htmx?.process(main());
    } catch { /* the next "changed" tries again */ } finally { busy = false; later(); }
  };
  const later = () => { clearTimeout(timer); if (stale) timer = setTimeout(refresh, 150); };
  const changed = () => { stale = true; later(); };

  const source = new EventSource("/events");
  source.addEventListener("changed", changed);
  source.addEventListener("message", (e) => e.data === "changed" && changed());
  addEventListener("input", (e) => { if (main()?.contains(e.target)) dirty = true; });
  for (const it of ["submit", "reset"]) addEventListener(it, () => { dirty = false; });
  addEventListener("focusout", later);
  addEventListener("visibilitychange", later);
  addEventListener("pagehide", () => source.close());
})();
