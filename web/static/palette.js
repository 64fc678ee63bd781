// The search box as a dialog: Ctrl-K, Cmd-K, "/" or a click opens it, arrows choose, Enter goes there.
// Pages opened lately are kept in this tab alone, by address and heading, and end with the sign-in.
(() => {
  const dialog = document.getElementById("palette");
  if (!dialog?.showModal) return;
  const input = dialog.querySelector("[role=combobox]"), list = document.getElementById("palette-list");
  const told = document.getElementById("palette-told"), slash = dialog.querySelector("[data-slash]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  const kept = (box, key, value) => { try { return value === undefined ? box.getItem(key) : box.setItem(key, value); } catch { return null; } };
  let at = -1, fresh = false, go = false, timer, asking;

  const lately = () => {
    const { who, pages = [] } = JSON.parse(kept(sessionStorage, "lately") || "{}");
    return who === dialog.dataset.who ? pages : [];
  };
  const heading = document.querySelector("main h1")?.textContent.trim(), here = location.pathname;
  if (heading && here !== "/search") {
    const pages = [{ text: heading, href: here }, ...lately().filter((p) => p.href !== here)].slice(0, 8);
    kept(sessionStorage, "lately", JSON.stringify({ who: dialog.dataset.who, pages }));
  }
  addEventListener("submit", (e) => e.target.matches("[action='/sign-out']") && sessionStorage.clear());

  function choose(n) {
    const all = options();
    all[at]?.setAttribute("aria-selected", "false");
    at = all.length ? (n + all.length) % all.length : -1;
    input.toggleAttribute("aria-activedescendant", false);
    if (at < 0) return;
    all[at].setAttribute("aria-selected", "true");
    all[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[at].id);
  }
  function recent() {
    const pages = lately().filter((p) => p.href !== here).slice(0, 5);
    if (input.value.trim() || !pages.length) return;
    const group = document.createElement("div"), name = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name.textContent = dialog.dataset.recent);
    name.className = "palette-group";
    name.setAttribute("role", "presentation");
    group.append(name, ...pages.map((p, i) => {
      const a = document.createElement("a"), text = document.createElement("bdi");
      Object.assign(a, { id: "palette-lately-" + i, href: p.href, tabIndex: -1 });
      a.setAttribute("role", "option");
      a.setAttribute("aria-selected", "false");
      text.textContent = p.text;
      a.append(text);
      return a;
    }));
    list.prepend(group);
  }
  function shown() {
    told.textContent = list.querySelector("template")?.content.textContent ?? "";
    recent();
    const some = options().length > 0;
    list.hidden = !some;
    told.classList.toggle("sr-only", some);
    input.setAttribute("aria-expanded", some);
    list.scrollTop = 0;
    at = -1; fresh = true;
    choose(0);
    if (go) follow();
  }
  function follow() { go = false; options()[at]?.click(); }
  function open(text = "") {
    document.querySelectorAll("details[data-menu][open]").forEach((d) => d.removeAttribute("open"));
    slash.checked = kept(localStorage, "slash") !== "off";
    input.value = text; go = fresh = false;
    if (!dialog.open) dialog.showModal();
    input.focus();
    ask();
  }

  // What was asked last is shown, however late the answers before it come.
  async function ask() {
    asking?.abort();
    const mine = asking = new AbortController();
    try {
      const answer = await fetch("/search", { method: "POST", body: new URLSearchParams({ q: input.value }), signal: mine.signal, headers: { "HX-Request": "true", "HX-Current-URL": location.href } });
      if (answer.status === 401) return location.assign(answer.headers.get("HX-Redirect") || "/sign-in");
      if (!answer.ok) throw answer;
      const found = await answer.text();
      if (mine !== asking) return;
      list.innerHTML = found;
      shown();
    } catch {
      if (mine.signal.aborted) return;
      list.replaceChildren();
      shown();
      told.textContent = dialog.dataset.trouble;
    }
  }

  input.addEventListener("input", () => { fresh = false; clearTimeout(timer); timer = setTimeout(ask, 150); });
  dialog.addEventListener("keydown", (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.isComposing || e.target !== input) return;
    if (step) choose(at < 0 && step < 0 ? -1 : at + step);
    else if (e.key === "Escape") dialog.close();
    else return;
    e.preventDefault();
  });
  dialog.addEventListener("submit", (e) => { e.preventDefault(); if (fresh) follow(); else go = true; });
  dialog.addEventListener("click", (e) => { if (e.target === dialog || e.target.closest("[data-shut]")) dialog.close(); });
  list.addEventListener("click", (e) => { const a = e.target.closest("a"); if (a?.pathname === here && !a.search) dialog.close(); });
  slash.addEventListener("change", () => kept(localStorage, "slash", slash.checked ? "on" : "off"));

  addEventListener("keydown", (e) => {
    const k = e.key.toLowerCase() === "k" || e.code === "KeyK"; // the key's place, for keyboards of other scripts
    const quick = e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && kept(localStorage, "slash") !== "off"
      && !e.target.closest("input, textarea, select, [contenteditable]");
    if (!(quick || k && (e.ctrlKey !== e.metaKey) && !e.altKey && !e.shiftKey) || document.querySelector("dialog[open]:not(#palette)")) return;
    e.preventDefault();
    if (dialog.open) dialog.close(); else open();
  });
  for (const door of document.querySelectorAll(".seek input, .seek-link")) {
    door.addEventListener("click", (e) => { if (e.ctrlKey || e.metaKey || e.shiftKey) return; e.preventDefault(); open(door.value); });
    door.addEventListener("input", () => { const text = door.value; door.value = ""; open(text); });
  }
})();
