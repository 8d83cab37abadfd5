// What an answer of the server changes in a form: values, what applies, rows, materials, notes.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  if (!$("#form")) return;
  const { holder } = formFaults;
  const form = () => $("#form"); // an answer of the server may put another one in its place

  function apply(answer) {
    for (const [path, one] of Object.entries(answer.lists || {})) showList(path, one);
    for (const [path, one] of Object.entries(answer.proposals || {})) showProposal(path, one);
    for (const [path, text] of Object.entries(answer.values || {})) showValue(path, text);
    for (const [path, fits] of Object.entries(answer.applies || {})) showFit(path, fits);
    for (const [path, must] of Object.entries(answer.required || {})) showMust(path, must);
    for (const [key, fits] of Object.entries(answer.groups || {})) showGroup(key, fits);
    for (const [key, text] of Object.entries(answer.captions || {})) {
      const caption = $(`[data-group="${CSS.escape(key)}"] [data-caption]`, form());
      if (caption) caption.textContent = text;
    }
    for (const [key, html] of Object.entries(answer.notes || {})) {
      const notes = $(`[data-group="${CSS.escape(key)}"] > [data-notes]`, form());
      if (notes && notes.innerHTML !== html) notes.innerHTML = html;
    }
    for (const [path, one] of Object.entries(answer.inner || {})) showInner(path, one);
    for (const [name, one] of Object.entries(answer.materials || {})) showMaterial(name, one);
    if (answer.holds !== undefined) replaceHolds(answer.holds);
    const asides = $("[data-asides]", form());
    if (asides && asides.innerHTML.trim() !== (answer.asides || "").trim()) asides.innerHTML = answer.asides || "";
    number();
    formFaults.show(answer.faults || []);
    countMaterials();
  }

  function showValue(path, text) {
    const output = document.getElementById(`c-${path}`);
    if (!output || output.tagName !== "OUTPUT" || output.textContent === (text || "—")) return;
    output.textContent = text || "—";
    output.classList.remove("is-new");
    void output.offsetWidth; // restarts the highlight
    output.classList.add("is-new");
  }

  function showFit(path, fits) {
    const field = holder(path);
    const part = field?.matches("td") ? $(".ft-cell", field) : field;
    if (part) part.hidden = !fits;
  }

  function showMust(path, must) {
    const field = holder(path);
    const mark = field && $("[data-must]", field);
    if (mark) mark.hidden = !must;
    document.getElementById(`c-${path}`)?.toggleAttribute("data-required", must);
  }

  function showGroup(key, fits) {
    const panel = document.getElementById(`g-${key}`);
    if (panel) panel.hidden = !fits;
    const entry = $(`#form-contents [data-entry="${CSS.escape(key)}"]`);
    if (entry) entry.hidden = !fits;
  }

  function number() {
    let n = 0;
    for (const entry of $$("#form-contents [data-entry]")) {
      if (entry.hidden) continue;
      n += 1;
      $("[data-number]", entry).textContent = n;
      const title = $(`#g-${CSS.escape(entry.dataset.entry)} > .panel-head [data-number]`, form());
      if (title) title.textContent = n;
    }
  }

  // The form of a chosen record appears when it is chosen; what was typed into it stays.
  function showInner(path, one) {
    const place = document.getElementById(`c-${path}`);
    if (!place || place.dataset.key === one.key) return;
    place.dataset.key = one.key;
    $("[data-inner]", place).innerHTML = one.html;
    $("[data-wait]", place).hidden = Boolean(one.key);
  }

  // Rows that follow others are other ones when their source is; what was typed stays with its row.
  function showList(path, one) {
    const list = form().querySelector(`[data-child="${CSS.escape(path)}"][data-follows]`);
    if (list && one.html && list.dataset.follows !== one.key) list.outerHTML = one.html;
  }

  // A value that nobody has overridden follows its proposal.
  function showProposal(path, one) {
    const shown = form().elements[`${path}_proposed`];
    if (shown) shown.value = one.value ?? "";
    const field = form().elements[path];
    if (field && one.follows && document.activeElement?.name !== path) field.value = one.value ?? "";
  }

  function replaceHolds(html) {
    const aside = $(".form-aside", form());
    if (!aside) return;
    $$("[data-hold]", aside).forEach((card) => card.remove());
    $("[data-asides]", aside).insertAdjacentHTML("afterend", html);
  }

  // -- materials: what is asked for now -----------------------------------------------------------

  function showMaterial(name, one) {
    const item = $(`[data-material="${CSS.escape(name)}"]`, form());
    if (!item) return;
    item.hidden = !one.applies;
    $("[data-need]", item).textContent = one.required ? "必交" : "选交";
    refreshMaterial(item);
  }

  function refreshMaterial(item) {
    const given = $("[data-attached]", $("[data-files]", item));
    const marked = item.classList.contains("mat-marked") && $(".mat-label", item);
    const missing = $("[data-need]", item)?.textContent === "必交" && !given;
    const now = marked ? "marked" : given ? "given" : missing ? "missing" : "open";
    item.classList.remove("mat-given", "mat-marked", "mat-missing", "mat-open");
    item.classList.add(`mat-${now}`);
    const signs = $("template[data-signs]", form())?.content;
    const sign = signs?.querySelector(`[data-sign="${now}"]`);
    if (sign) $("[data-state]", item).replaceChildren(...[...sign.cloneNode(true).childNodes]);
    $("[data-why]", item).hidden = Boolean(given);
  }

  function countMaterials() {
    const items = $$("[data-material]", form()).filter((item) => !item.hidden);
    const given = items.filter((item) => $("[data-files] [data-attached]", item));
    const asked = items.filter((item) => given.includes(item) || item.classList.contains("mat-missing"));
    const count = $("[data-material-count]", form());
    if (count) count.textContent = asked.length ? `${given.length} / ${asked.length}` : "";
  }

  window.formAnswers = { apply, countMaterials, refreshMaterial };
})();
