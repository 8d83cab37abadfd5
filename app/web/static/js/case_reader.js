// Reading a case: its tabs, and the papers at the right.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = $("#decide");
  if (!form) return;

  // -- tabs ----------------------------------------------------------------------------------------

  const tabs = $$('.case-tabs [role="tab"]');

  function open(tab, focus = false) {
    for (const one of tabs) {
      const here = one === tab;
      one.setAttribute("aria-selected", String(here));
      one.tabIndex = here ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !here;
    }
    if (focus) tab.focus();
  }

  document.addEventListener("click", (event) => {
    const tab = event.target.closest('.case-tabs [role="tab"]');
    if (tab) open(tab);
    const link = event.target.closest("[data-tab]");
    if (link) open(document.getElementById(`t-${link.dataset.tab}`), true);
  });
  document.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    if (at < 0) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) open(tabs[(at + step + tabs.length) % tabs.length], true);
    if (event.key === "Home") open(tabs[0], true);
    if (event.key === "End") open(tabs.at(-1), true);
  });
  $("#only-changed")?.addEventListener("change", (event) => {
    form.classList.toggle("only-changed", event.target.checked);
  });

  // -- the paper at the right ----------------------------------------------------------------------

  const items = $$("#reader [data-item]");
  let shown = 0;

  function load(item) {
    const paper = $(".reader-paper", item);
    if (paper.childElementCount || !paper.dataset.src) return;
    paper.append(filesView.frame(paper.dataset.src, paper.dataset.kind, paper.dataset.name));
  }

  function show(index) {
    if (!items.length) return;
    shown = (index + items.length) % items.length;
    items.forEach((item, at) => { item.hidden = at !== shown; });
    load(items[shown]);
    $("[data-reader-at]").textContent = shown + 1;
    $("#reader-choice").value = items[shown].dataset.item;
  }

  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-reader]");
    if (step) show(shown + Number(step.dataset.reader));
    const wanted = event.target.closest("[data-show-material]");
    if (wanted) {
      show(items.findIndex((item) => item.dataset.item === wanted.dataset.showMaterial));
      $("#reader").scrollIntoView({ block: "nearest" });
    }
    const paper = event.target.closest("[data-paper]");
    if (paper) other(paper);
    const picture = event.target.closest(".reader-paper img");
    if (picture) picture.classList.toggle("is-large");
    const zoom = event.target.closest("[data-zoom]");
    if (zoom) enlarge(Number(zoom.dataset.zoom));
  });
  $("#reader-choice")?.addEventListener("change", (event) => {
    show(items.findIndex((item) => item.dataset.item === event.target.value));
  });

  function other(button) {
    const item = button.closest("[data-item]");
    $$("[data-paper]", item).forEach((one) => one.removeAttribute("aria-current"));
    button.setAttribute("aria-current", "true");
    const paper = $(".reader-paper", item);
    paper.replaceChildren(filesView.frame(button.dataset.paper, button.dataset.kind, paper.dataset.name));
    $("[data-download]", item).href = button.dataset.href;
  }

  function enlarge(step) {
    const box = $(".specimens");
    const now = box.classList.contains("zoom-2") ? 2 : box.classList.contains("zoom-1") ? 1 : 0;
    const next = Math.max(0, Math.min(2, now + step));
    box.classList.remove("zoom-1", "zoom-2");
    if (next) box.classList.add(`zoom-${next}`);
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (shell.typing(event.target) || $("dialog[open]")) return;
    if (event.key === "[" || event.key === "]") show(shown + (event.key === "]" ? 1 : -1));
  });

  show(0);
})();
