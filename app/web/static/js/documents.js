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
  // A paper that is still being made appears by itself; what is being typed beside it stays.
  async function look() {
    if (!document.querySelector("#pages [data-wait]")) return;
    const answer = await fetch(window.location.href, { headers: { "X-Background": "1", Accept: "text/html" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#pages");
      if (fresh && !fresh.querySelector("[data-wait]")) {
        if (document.getElementById("texts")) document.getElementById("pages").replaceWith(fresh);
        else window.location.reload();
        return;
      }
    }
    setTimeout(look, 2000);
  }
  setTimeout(look, 1500);
  if (!form) return;
  // What is typed and not saved is in no Word file: neither is one fetched, nor put in the place of the text.
  function mark(now) {
    touched = now;
    document.getElementById("unsaved").hidden = !now;
    for (const part of document.querySelectorAll("[data-when-saved]")) part.setAttribute("aria-disabled", String(now));
  }
  form.addEventListener("input", () => mark(true));
  form.addEventListener("submit", () => mark(false));
  document.addEventListener("click", (event) => {
    if (!touched || !event.target.closest("[data-when-saved]")) return;
    event.preventDefault();
    document.getElementById("unsaved").scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit();
  });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
})();
