// Lists: choosing rows, moving with the keyboard, arranging columns, the quick search.
"use strict";

(() => {
  const $ = (selector) => document.querySelector(selector);
  const $$ = (selector) => [...document.querySelectorAll(selector)];
  const rows = () => $$("table[data-rows] tbody tr");
  let at = -1;

  // -- chosen rows ------------------------------------------------------------------------------

  const boxes = () => $$('table[data-rows] input[name="row"]');

  function chosenChanged() {
    const ids = boxes().filter((box) => box.checked).map((box) => box.value);
    boxes().forEach((box) => box.closest("tr").classList.toggle("is-chosen", box.checked));
    const all = $("#choose-all");
    if (!all) return;
    all.checked = ids.length > 0 && ids.length === boxes().length;
    all.indeterminate = ids.length > 0 && !all.checked;
    $("#chosen").hidden = !ids.length;
    $("#chosen-count").textContent = ids.length;
    const link = $("#export-chosen");
    if (link) {
      const href = link.dataset.href;
      link.href = `${href}${href.includes("?") ? (href.endsWith("?") ? "" : "&") : "?"}ids=${ids.join(",")}`;
    }
    $$("form[data-chosen] input[name=ids]").forEach((input) => { input.value = ids.join(","); });
  }

  document.addEventListener("change", (event) => {
    if (event.target.id === "choose-all") {
      boxes().forEach((box) => { box.checked = event.target.checked; });
      chosenChanged();
    } else if (event.target.name === "row") chosenChanged();
  });
  $("#choose-none")?.addEventListener("click", () => {
    boxes().forEach((box) => { box.checked = false; });
    chosenChanged();
  });

  // -- keys: j k Enter e x f ----------------------------------------------------------------------

  function moveTo(index) {
    const all = rows();
    if (!all.length) return;
    all[at]?.classList.remove("is-at");
    at = Math.max(0, Math.min(index, all.length - 1));
    all[at].classList.add("is-at");
    all[at].scrollIntoView({ block: "nearest" });
    all[at].querySelector("[data-row-link]")?.focus({ preventScroll: true });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (window.shell.typing(event.target) || $("dialog[open]")) return;
    const row = rows()[at];
    const act = {
      j: () => moveTo(at + 1),
      k: () => moveTo(at - 1),
      e: () => row?.dataset.edit && window.location.assign(row.dataset.edit),
      x: () => row?.querySelector('input[name="row"]')?.click(),
      f: () => $("#quick input")?.select(),
      Enter: () => {
        if (event.target === document.body) row?.querySelector("[data-row-link]")?.click();
      },
    }[event.key];
    if (!act) return;
    act();
    if (event.key !== "Enter") event.preventDefault();
  });

  // A click on a row opens it, unless it was meant for something in the row.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("table[data-rows] tbody tr");
    if (!row || event.target.closest("a, button, input, label") || String(window.getSelection())) return;
    row.querySelector("[data-row-link]")?.click();
  });

  // -- columns ----------------------------------------------------------------------------------

  $("#column-choice")?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const item = button.closest("li");
    const other = button.dataset.move === "1" ? item.nextElementSibling : item.previousElementSibling;
    if (!other) return;
    if (button.dataset.move === "1") other.after(item);
    else other.before(item);
    button.focus();
  });

  // -- downloads say that they are under way --------------------------------------------------------

  $$("a[data-busy]").forEach((link) => link.addEventListener("click", () => {
    const notice = window.shell.say("info", link.dataset.busy);
    setTimeout(() => notice.remove(), 4000);
  }));

  chosenChanged();
})();
