// Small comforts; every page works without them.
(() => {
  const all = (selector, from = document) => from.querySelectorAll(selector);

  // A button with data-confirm asks first, in the page's own dialog, and then sends what the page of its form would send.
  addEventListener("submit", (e) => {
    const button = e.submitter, form = e.target, dialog = document.getElementById("confirm");
    if (!button?.dataset.confirm || !dialog?.showModal || button.dataset.sure) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    dialog.querySelector("[data-text]").textContent = button.dataset.confirm;
    dialog.querySelector("[value=yes]").textContent = button.textContent.trim();
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      const asked = form.method;
      form.method = "post";
      button.dataset.sure = "1";
      form.requestSubmit(button);
      form.method = asked;
      delete button.dataset.sure;
    }, { once: true });
    dialog.showModal();
  }, true);

  // A card that loads by itself says when it is there, and offers to try again where it failed.
  const part = (e) => e.target.closest?.("[data-part]");
  const show = (card, template) => {
    const body = card.querySelector("[data-part-body]");
    body.replaceChildren(card.querySelector(template).content.cloneNode(true));
    body.setAttribute("aria-busy", template === "[data-part-waits]");
    return body;
  };
  for (const failure of ["htmx:response:error", "htmx:error"]) addEventListener(failure, (e) => part(e) && show(part(e), "[data-part-failed]"));
  addEventListener("htmx:after:swap", (e) => part(e)?.querySelector("[data-part-body]").setAttribute("aria-busy", "false"));
  addEventListener("click", (e) => {
    const again = e.target.closest("[data-part] [data-again]");
    if (!again) return;
    e.preventDefault();
    const body = show(again.closest("[data-part]"), "[data-part-waits]");
    body.focus();
    body.dispatchEvent(new Event("again"));
  });

  // Where a row of tabs is wider than the screen, it shows where one is.
  document.querySelectorAll(".tabs-row [aria-current]").forEach((here) => {
    const row = here.parentElement, at = here.getBoundingClientRect(), box = row.getBoundingClientRect();
    row.scrollLeft += at.left - box.left - (box.width - at.width) / 2;
  });

  // A list of problems says which field each is about.
  all("[role=alert] a[href^='#f-']").forEach((a) => {
    const label = document.querySelector(`label[for="${CSS.escape(a.hash.slice(1))}"]`)?.firstChild?.textContent.trim();
    if (label) a.prepend(label + ": ");
  });

  // An open menu closes on Escape and on a click elsewhere.
  const shut = (except) => all("details[data-menu][open]").forEach((d) => d.contains(except) || d.removeAttribute("open"));
  addEventListener("click", (e) => shut(e.target));
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) { shut(null); menu.querySelector("summary").focus(); }
  });

  // On paper nothing can be unfolded.
  addEventListener("beforeprint", () => all("details.chart-twin").forEach((d) => { d.open = true; }));
})();
