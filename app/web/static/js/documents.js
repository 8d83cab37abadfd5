/* Papers: put a generated text back, warn before what was typed is lost. */
(() => {
  "use strict";
  const form = document.getElementById("texts");
  let touched = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-restore]");
    if (!button) return;
    const field = document.getElementById(button.dataset.restore);
    field.value = button.dataset.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  if (!form) return;
  form.addEventListener("input", () => { touched = true; });
  document.addEventListener("submit", () => { touched = false; });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit();
  });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
})();
