/* Wording of messages: put a variable where the cursor is, find variables, save by key. */
(() => {
  "use strict";
  const text = document.getElementById("text");
  const find = document.getElementById("find-variable");
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    text.setRangeText(button.dataset.insert, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
  find?.addEventListener("input", () => {
    const word = find.value.trim().toLowerCase();
    for (const line of document.querySelectorAll("#variables li")) {
      line.hidden = !line.dataset.words.toLowerCase().includes(word);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    document.getElementById("wording")?.requestSubmit();
  });
})();
