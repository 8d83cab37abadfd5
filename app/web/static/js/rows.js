// Child tables: add, pick, delete with undo, reorder; names and ids follow the order of the rows.
"use strict";

(() => {
  const NAMED = ["name", "id", "for", "data-path", "data-pick", "data-upload", "data-row", "data-more-of",
    "aria-describedby", "aria-controls", "aria-labelledby"];

  const tableOf = (part) => part.closest("[data-child]");
  const bodyOf = (table) => table.querySelector("[data-rows]");
  const rowsOf = (table) => [...bodyOf(table).querySelectorAll(":scope > .ft-row")];
  const moreOf = (row) => (row.nextElementSibling?.matches(".ft-more") ? row.nextElementSibling : null);
  const partsOf = (row) => [row, moreOf(row)].filter(Boolean);

  function rename(part, path, from, to) {
    const before = `${path}.${from}`;
    const after = `${path}.${to}`;
    for (const element of [part, ...part.querySelectorAll("*")]) {
      for (const name of NAMED) {
        const value = element.getAttribute(name);
        if (value === null) continue;
        if ((name === "data-row" || name === "data-more-of") && value === String(from)) element.setAttribute(name, to);
        else if (value.includes(before)) {
          element.setAttribute(name, value.split(" ").map((word) => swap(word, before, after)).join(" "));
        }
      }
    }
  }

  function swap(word, before, after) {
    const at = word.indexOf(before);
    const behind = word[at + before.length];
    return at < 0 || (behind !== undefined && behind !== ".") ? word : word.slice(0, at) + after + word.slice(at + before.length);
  }

  function renumber(table) {
    const rows = rowsOf(table);
    const path = table.dataset.child;
    // Radio buttons of two rows must never share a name on the way: go through names of their own.
    rows.forEach((row, index) => partsOf(row).forEach((part) => rename(part, path, partKey(part), `_${index}`)));
    rows.forEach((row, index) => partsOf(row).forEach((part) => rename(part, path, `_${index}`, index)));
    rows.forEach((row, index) => { row.querySelector("[data-ordinal]").textContent = index + 1; });
    const empty = table.querySelector("[data-empty]");
    if (empty) empty.hidden = rows.length > 0;
    const add = table.querySelector("[data-add]");
    if (add && table.dataset.most) add.disabled = rows.length >= Number(table.dataset.most);
  }

  const partKey = (part) => part.dataset.row ?? part.dataset.moreOf;

  function add(table) {
    const blank = table.querySelector("template[data-blank]").content.cloneNode(true);
    const parts = [...blank.children];
    bodyOf(table).append(blank);
    const row = parts[0];
    parts.forEach((part) => rename(part, table.dataset.child, "__i__", "_new"));
    row.dataset.row = "_new";
    if (moreOf(row)) moreOf(row).dataset.moreOf = "_new";
    renumber(table);
    return row;
  }

  function tell(table) {
    table.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
  }

  function remove(row) {
    const table = tableOf(row);
    const parts = partsOf(row);
    const behind = parts[parts.length - 1].nextElementSibling;
    parts.forEach((part) => part.remove());
    renumber(table);
    offerUndo(table, parts, behind);
    tell(table);
    const next = behind?.matches(".ft-row") ? behind : rowsOf(table).at(-1);
    (next?.querySelector("[data-delete]") || table.querySelector('[data-add], [data-adder] [role="combobox"]'))?.focus();
  }

  function offerUndo(table, parts, behind) {
    table.querySelector(".ft-undo")?.remove();
    const bar = document.createElement("p");
    bar.className = "ft-empty ft-undo";
    bar.setAttribute("role", "status");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn-text";
    button.textContent = "撤销";
    button.addEventListener("click", () => {
      parts.forEach((part) => bodyOf(table).insertBefore(part, behind?.isConnected ? behind : null));
      bar.remove();
      renumber(table);
      tell(table);
    });
    bar.append("已删除一行 ", button);
    bodyOf(table).closest(".ft-scroll").after(bar);
    setTimeout(() => bar.remove(), 15000);
  }

  function move(row, step) {
    const table = tableOf(row);
    const rows = rowsOf(table);
    const other = rows[rows.indexOf(row) + step];
    if (!other) return;
    const target = step < 0 ? other : partsOf(other).at(-1).nextElementSibling;
    partsOf(row).forEach((part) => bodyOf(table).insertBefore(part, target));
    renumber(table);
    tell(table);
  }

  function firstOf(row) {
    return row.querySelector('input:not([type="hidden"]):not([readonly]), select, textarea');
  }

  document.addEventListener("click", (event) => {
    const table = tableOf(event.target);
    if (!table) return;
    const row = event.target.closest(".ft-row");
    if (event.target.closest("[data-add]")) {
      const fresh = add(table);
      tell(table);
      firstOf(fresh)?.focus();
    } else if (row && event.target.closest("[data-delete]")) remove(row);
    else if (row && event.target.closest("[data-up]")) { move(row, -1); event.target.closest("[data-up]").focus(); }
    else if (row && event.target.closest("[data-down]")) { move(row, 1); event.target.closest("[data-down]").focus(); }
    else if (row && event.target.closest("[data-more]")) {
      const more = moreOf(row);
      more.hidden = !more.hidden;
      event.target.closest("[data-more]").setAttribute("aria-expanded", String(!more.hidden));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    const row = event.target.closest(".ft-row");
    if (!row) return;
    event.preventDefault();
    const focused = document.activeElement;
    move(row, event.key === "ArrowUp" ? -1 : 1);
    focused.focus();
  });

  // A record chosen in the box above the table becomes a new row.
  document.addEventListener("pick:chosen", (event) => {
    if (!event.target.closest("[data-adder]")) return;
    const table = tableOf(event.target);
    const option = event.detail;
    const field = table.dataset.pickField;
    const taken = rowsOf(table).find((row) => valueAt(row, field) === option.value);
    if (taken) {
      taken.scrollIntoView({ block: "nearest" });
      shell.say("warning", `${option.title} 已经在表里了`);
      return;
    }
    const row = add(table);
    const path = `${table.dataset.child}.${row.dataset.row}`;
    write(row, path, field, option.value, option.title);
    for (const [name, value] of Object.entries(option.fill || {})) write(row, path, name, value, option.shows?.[name]);
    tell(table);
    event.target.querySelector('[role="combobox"]').focus();
  });

  function valueAt(row, field) {
    return row.querySelector(`[name="${CSS.escape(`${tableOf(row).dataset.child}.${row.dataset.row}.${field}`)}"]`)?.value;
  }

  function write(row, path, name, value, shown) {
    for (const part of partsOf(row)) {
      const control = part.querySelector(`[id="${CSS.escape(`c-${path}.${name}`)}"]`);
      const named = part.querySelector(`[name="${CSS.escape(`${path}.${name}`)}"]`);
      if (control?.tagName === "OUTPUT") control.textContent = shown ?? value;
      if (control?.matches("[role=combobox]")) { control.value = shown ?? value; control.dataset.chosen = control.value; }
      if (named?.type === "checkbox") named.checked = value === "1";
      else if (named?.type === "radio") part.querySelectorAll(`[name="${CSS.escape(named.name)}"]`).forEach((one) => { one.checked = one.value === value; });
      else if (named) named.value = value;
    }
  }
})();
