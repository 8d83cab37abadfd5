// Search boxes over other records: by name, pinyin or number, answered by the server for this form.
"use strict";

(() => {
  const WAIT = 160;
  let timer = 0;
  let asking = null;
  let open = null; // the box whose list is open

  const boxOf = (part) => part.closest("[data-pick]");
  const inputOf = (box) => box.querySelector('[role="combobox"]');
  const listOf = (box) => box.querySelector('[role="listbox"]');
  const valueOf = (box) => box.querySelector("[data-value]");

  // members.0.person is asked for as members.person at members.0
  function question(path) {
    const parts = path.split(".");
    return {
      field: parts.filter((part) => !/^\d+$/.test(part)).join("."),
      at: parts.slice(0, -1).join("."),
    };
  }

  async function search(box, text) {
    const form = box.closest("form");
    const { field, at } = question(box.dataset.pick);
    const values = window.liveForm ? window.liveForm.collect() : new URLSearchParams(new FormData(form));
    values.set("_q", text);
    values.set("_at", at);
    if (form.dataset.record) values.set("_record", form.dataset.record);
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.base}/options/${field}`, {
        method: "POST",
        body: values,
        signal: asking.signal,
        headers: { "X-CSRFToken": shell.token(), Accept: "application/json" },
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      show(box, await answer.json(), text);
    } catch (error) {
      if (error.name !== "AbortError") show(box, { options: [], failed: true }, text);
    }
  }

  function show(box, answer, text) {
    const list = listOf(box);
    box.found = answer.options;
    list.replaceChildren(...answer.options.map((option, index) => line(box, option, index, text)));
    if (answer.failed) list.append(words("查找没有成功，请再试一次"));
    else if (!answer.options.length) list.append(words(nothing(answer)));
    else if (answer.more) list.append(words("还有更多，请多输几个字"));
    if (answer.among && answer.options.length) list.prepend(words(`只列出${answer.among}`));
    list.hidden = false;
    open = box;
    inputOf(box).setAttribute("aria-expanded", "true");
    mark(box, answer.options.findIndex((option) => !option.refusal));
  }

  // Why the list is empty: what must be filled first, else what it is limited to.
  function nothing(answer) {
    if (answer.first?.length) return `请先填写“${answer.first.join("”“")}”，再从这里选择`;
    return answer.among ? `没有找到：只列出${answer.among}` : "没有找到符合条件的记录";
  }

  function words(text) {
    const line = document.createElement("div");
    line.className = "fx-none";
    line.setAttribute("role", "option");
    line.setAttribute("aria-disabled", "true");
    line.textContent = text;
    return line;
  }

  function line(box, option, index, text) {
    const item = document.createElement("div");
    item.className = "fx-option";
    item.id = `${listOf(box).id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    if (option.refusal) item.setAttribute("aria-disabled", "true");
    item.dataset.index = index;
    const at = text ? option.title.toLowerCase().indexOf(text.toLowerCase()) : -1;
    if (at >= 0) {
      const hit = document.createElement("mark");
      hit.textContent = option.title.slice(at, at + text.length);
      item.append(option.title.slice(0, at), hit, option.title.slice(at + text.length));
    } else {
      item.append(option.title);
    }
    const detail = document.createElement("small");
    detail.textContent = option.refusal || option.detail || "";
    item.append(detail);
    return item;
  }

  function mark(box, index) {
    box.at = index;
    const input = inputOf(box);
    input.removeAttribute("aria-activedescendant");
    for (const item of listOf(box).querySelectorAll(".fx-option")) {
      const here = Number(item.dataset.index) === index;
      item.setAttribute("aria-selected", String(here));
      if (here) {
        input.setAttribute("aria-activedescendant", item.id);
        item.scrollIntoView({ block: "nearest" });
      }
    }
  }

  function close(box) {
    if (!box) return;
    clearTimeout(timer);
    asking?.abort();
    listOf(box).hidden = true;
    inputOf(box).setAttribute("aria-expanded", "false");
    inputOf(box).removeAttribute("aria-activedescendant");
    if (open === box) open = null;
  }

  function choose(box, option) {
    if (!option || option.refusal) return;
    const input = inputOf(box);
    close(box);
    if (box.hasAttribute("data-many")) {
      addChip(box, option);
      input.value = "";
    } else if (box.closest("[data-adder]")) {
      input.value = "";
    } else {
      valueOf(box).value = option.value;
      input.value = option.title;
      input.dataset.chosen = option.title;
      fill(box, option);
    }
    box.dispatchEvent(new CustomEvent("pick:chosen", { bubbles: true, detail: option }));
    if (!box.closest("[data-adder]")) tell(box);
  }

  function tell(box) {
    box.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
  }

  function addChip(box, option) {
    if ([...box.querySelectorAll("[data-picked] input")].some((one) => one.value === option.value)) return;
    const chip = document.createElement("span");
    chip.className = "fx-chip";
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = box.dataset.pick;
    value.value = option.value;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.dataset.unpick = "";
    remove.setAttribute("aria-label", `去掉 ${option.title}`);
    remove.textContent = "×";
    chip.append(value, option.title, remove);
    box.querySelector("[data-picked]").append(chip);
  }

  // Picking copies what the record holds into fields beside it.
  function fill(box, option) {
    const path = box.dataset.pick;
    const prefix = path.includes(".") ? path.slice(0, path.lastIndexOf(".") + 1) : "";
    for (const [name, value] of Object.entries(option.fill || {})) write(prefix + name, value, option.shows?.[name]);
  }

  function write(path, value, shown) {
    const part = document.getElementById(`c-${path}`);
    if (!part) return;
    if (part.matches("[role=combobox]")) {
      valueOf(boxOf(part)).value = value;
      part.value = shown ?? value;
      part.dataset.chosen = part.value;
    } else if (part.type === "checkbox") {
      part.checked = value === "1";
    } else if (part.matches("[role=radiogroup]")) {
      for (const one of part.querySelectorAll("input")) one.checked = one.value === value;
    } else if (part.tagName === "OUTPUT") {
      part.textContent = shown ?? value ?? "—";
      const hidden = part.parentElement.querySelector(`input[type=hidden][name="${CSS.escape(path)}"]`);
      if (hidden) hidden.value = value;
    } else {
      part.value = value;
    }
  }

  const isBox = (target) => target.matches?.('[data-pick] [role="combobox"]');

  document.addEventListener("focusin", (event) => {
    if (!isBox(event.target)) return;
    const input = event.target;
    input.dataset.chosen ??= input.value;
    if (!boxOf(input).closest("[data-adder]")) input.select();
  });
  document.addEventListener("click", (event) => {
    if (isBox(event.target) && open !== boxOf(event.target)) search(boxOf(event.target), "");
    const remove = event.target.closest("[data-unpick]");
    if (remove) {
      const box = boxOf(remove);
      remove.closest(".fx-chip").remove();
      tell(box);
      inputOf(box).focus();
    }
  });
  document.addEventListener("input", (event) => {
    if (!isBox(event.target)) return;
    const box = boxOf(event.target);
    clearTimeout(timer);
    timer = setTimeout(() => search(box, event.target.value.trim()), WAIT);
  });
  document.addEventListener("mousedown", (event) => {
    const item = event.target.closest(".fx-option");
    if (!item) return;
    event.preventDefault();
    const box = boxOf(item);
    choose(box, box.found[Number(item.dataset.index)]);
  });
  document.addEventListener("keydown", (event) => {
    if (!isBox(event.target) || event.isComposing) return;
    const box = boxOf(event.target);
    const shown = open === box;
    const last = (box.found?.length || 0) - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown) search(box, event.target.value === event.target.dataset.chosen ? "" : event.target.value.trim());
      else mark(box, Math.min(last, Math.max(0, box.at + (event.key === "ArrowDown" ? 1 : -1))));
    } else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (shown) choose(box, box.found[box.at]);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      event.stopPropagation();
      event.target.value = event.target.dataset.chosen || "";
      close(box);
    } else if (event.key === "Backspace" && !event.target.value && box.hasAttribute("data-many")) {
      box.querySelector("[data-picked] .fx-chip:last-child [data-unpick]")?.click();
    }
  });
  // Leaving without choosing: an emptied box means none, anything else goes back to what was chosen.
  document.addEventListener("focusout", (event) => {
    if (!isBox(event.target)) return;
    const input = event.target;
    const box = boxOf(input);
    close(box);
    if (box.hasAttribute("data-many") || box.closest("[data-adder]")) {
      input.value = "";
    } else if (!input.value.trim() && valueOf(box).value) {
      valueOf(box).value = "";
      input.dataset.chosen = "";
      tell(box);
    } else {
      input.value = input.dataset.chosen || "";
    }
  });
})();
