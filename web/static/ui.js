// Small comforts; every page works without them.
(() => {
  // A button with data-confirm asks first, in the page's own dialog.
  addEventListener("submit", (e) => {
    const button = e.submitter, dialog = document.getElementById("confirm");
    if (!button?.dataset.confirm || !dialog?.showModal || button.dataset.sure) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    dialog.querySelector("[data-text]").textContent = button.dataset.confirm;
    dialog.querySelector("[value=yes]").textContent = button.textContent.trim();
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      button.dataset.sure = "1";
      e.target.requestSubmit(button);
      delete button.dataset.sure;
    }, { once: true });
    dialog.showModal();
  }, true);

  // Where a row of tabs is wider than the screen, it shows where one is.
  document.querySelectorAll(".tabs-row [aria-current]").forEach((here) => {
    const row = here.parentElement, at = here.getBoundingClientRect(), box = row.getBoundingClientRect();
    row.scrollLeft += at.left - box.left - (box.width - at.width) / 2;
  });

  // A list of problems says which field each is about.
  document.querySelectorAll("[role=alert] a[href^='#f-']").forEach((a) => {
    const label = document.querySelector(`label[for="${CSS.escape(a.hash.slice(1))}"]`)?.firstChild?.textContent.trim();
    if (label) a.prepend(label + ": ");
  });

  // An open menu closes on Escape and on a click elsewhere.
  const shut = (except) => document.querySelectorAll("details[data-menu][open]").forEach((d) => d.contains(except) || d.removeAttribute("open"));
  addEventListener("click", (e) => shut(e.target));
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) { shut(null); menu.querySelector("summary").focus(); }
  });
})();
