// What is wrong with a form: beside the field, in the contents, on top; and the way to it.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  if (!$("#form")) return;
  const MOST_LINKS = 10;
  const touched = new WeakSet();
  const form = () => $("#form"); // an answer of the server may put another one in its place

  const holder = (path) => form().querySelector(`[data-path="${CSS.escape(path)}"]`);

  // What was refused: a draft only for what stands wrong in it, a submission for what is missing too.
  const checked = () => form().dataset.checked || "";
  const stops = (fault) => checked() === "submit" || (checked() === "save" && fault.refuses);

  function visible(fault) {
    if (stops(fault)) return true;
    const field = holder(fault.path);
    return fault.level === "warning" || (!fault.absent && field && (touched.has(field) || field.querySelector(".fx-fault")));
  }

  // What only saving finds out stays said beside what the answers find, until the field that it speaks of
  // is changed or the form is sent again.
  const kept = () => JSON.parse(form().dataset.kept || "[]");

  function forget(path) {
    const left = kept().filter((fault) => fault.path !== path && !fault.path.startsWith(`${path}.`));
    if (form().dataset.kept) form().dataset.kept = JSON.stringify(left);
  }

  function withKept(faults) {
    const said = new Set(faults.map((fault) => JSON.stringify([fault.path, fault.message])));
    return [...faults, ...kept().filter((fault) => !said.has(JSON.stringify([fault.path, fault.message])))];
  }

  function show(answered) {
    const faults = withKept(answered);
    // Why a file was not taken stays until another one is: the answer at hand does not know of it.
    $$("[data-faults]", form()).forEach((list) => list.replaceChildren(...$$("[data-not-taken]", list)));
    $$("[aria-invalid]", form()).forEach((part) => part.removeAttribute("aria-invalid"));
    $$(".fx-bad", form()).forEach((part) => part.classList.remove("fx-bad"));
    const shown = faults.filter(visible);
    for (const fault of shown) {
      const list = document.getElementById(`f-${fault.path}`);
      const paper = fault.path.startsWith("material.") && fault.absent; // its sign says it already
      if (list && !paper) list.append(line(fault));
      if (fault.level !== "error") continue;
      const field = holder(fault.path);
      field?.classList.add("fx-bad");
      document.getElementById(`c-${fault.path}`)?.setAttribute("aria-invalid", "true");
      const more = field?.closest(".ft-more");
      if (more) more.hidden = false;
    }
    const errors = faults.filter((fault) => fault.level === "error");
    tally(errors, shown);
    onTop(errors.filter(stops));
  }

  function line(fault) {
    const item = document.createElement("li");
    item.className = `fx-fault fx-${fault.level}`;
    item.textContent = fault.message;
    return item;
  }

  function keyOf(path) {
    if (path.startsWith("material.")) return "materials";
    const part = holder(path) || document.getElementById(`f-${path}`);
    return part?.closest("[data-group]:not(.fg-inner)")?.dataset.group || "";
  }

  function tally(errors, shown) {
    const all = new Map();
    const open = new Map();
    for (const fault of errors) all.set(keyOf(fault.path), (all.get(keyOf(fault.path)) || 0) + 1);
    for (const fault of shown) {
      if (fault.level === "error") open.set(keyOf(fault.path), (open.get(keyOf(fault.path)) || 0) + 1);
    }
    for (const entry of $$("#form-contents [data-entry]")) {
      const key = entry.dataset.entry;
      const mark = $("[data-tally]", entry);
      const count = open.get(key) || 0;
      mark.replaceChildren();
      if (count) {
        const badge = document.createElement("span");
        badge.className = "count pale-red";
        badge.textContent = count;
        const words = document.createElement("span");
        words.className = "visually-hidden";
        words.textContent = " 处需要修改";
        badge.append(words);
        mark.append(badge);
      } else if (!all.get(key) && begun(key)) {
        mark.textContent = "✓";
        mark.title = "已填好";
      }
    }
  }

  // A section that asks for nothing and holds nothing is not filled in; it is left out.
  function begun(key) {
    const group = $(`[data-group="${CSS.escape(key)}"]`);
    if (!group || key === "materials") return true;
    const boxes = $$("input:not([type=hidden]), select, textarea", group).filter((box) => !box.closest("[hidden]"));
    return boxes.some((box) => box.getAttribute("aria-required") || (/checkbox|radio/.test(box.type) ? box.checked : box.value.trim()));
  }

  // What is wrong with several rows alike is one line: as FormPage.gathered says it.
  function gathered(errors) {
    const lines = new Map();
    for (const fault of errors) {
      const text = fault.summary || fault.message;
      const [list, number, rest] = fault.row || [fault.path, 0, text];
      const key = JSON.stringify([list, rest]);
      if (!lines.has(key)) lines.set(key, { path: fault.path, text, list, rest, numbers: [] });
      lines.get(key).numbers.push(number);
    }
    return [...lines.values()].map(({ path, text, list, rest, numbers }) => {
      const run = numbers.length > 2 && numbers.every((number, place) => number === numbers[0] + place);
      const words = run ? `${numbers[0]} 至 ${numbers.at(-1)}` : numbers.join("、");
      return { path, count: numbers.length, text: numbers[0] ? `${list}第 ${words} 行${rest}` : text };
    });
  }

  function onTop(errors) {
    const box = $("#form-faults");
    if (!box) return;
    const papers = errors.filter((fault) => fault.path.startsWith("material."));
    const others = errors.length - papers.length;
    box.hidden = !errors.length;
    const parts = [];
    if (others) parts.push(`${others} 处需要修改`);
    if (papers.length) parts.push(`${papers.length} 份材料待交`);
    const draft = `草稿没有保存：有 ${others} 处填写有误，改正后即可保存`;
    $("[data-sum]", box).textContent = checked() === "save" ? draft : `还有 ${parts.join("，")}`;
    const found = gathered(errors);
    const rest = found.slice(MOST_LINKS).reduce((sum, line) => sum + line.count, 0);
    const lines = found.slice(0, MOST_LINKS).map((line) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#c-${line.path}`;
      link.dataset.goto = line.path;
      link.textContent = line.text;
      item.append(link);
      return item;
    });
    if (rest > 0) {
      const item = document.createElement("li");
      item.textContent = `另有 ${rest} 处，见左侧目录`;
      lines.push(item);
    }
    const list = $("[data-list]", box);
    const said = (items) => [...items].map((item) => item.textContent).join("\n");
    if (said(list.children) !== said(lines)) list.replaceChildren(...lines); // else a link keeps the focus
  }

  function goto(path) {
    let part = document.getElementById(`c-${path}`) || document.getElementById(`f-${path}`) || holder(path);
    for (let short = path; !part && short.includes(".");) {
      short = short.slice(0, short.lastIndexOf("."));
      part = document.getElementById(`f-${short}`) || holder(short);
    }
    if (!part) return;
    const more = part.closest(".ft-more");
    if (more) more.hidden = false;
    (part.closest(".fx, .mat, .ft-row, .ft") || part).scrollIntoView({ block: "center" });
    if (part.tabIndex < 0 && !part.matches("input, select, textarea, button")) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  }

  function touch(part) {
    const field = part.closest?.("[data-path]");
    const list = !field && part.closest?.("[data-child]"); // rows came or went: their numbers are others
    if (list) forget(list.dataset.child);
    if (!field) return;
    touched.add(field);
    forget(field.dataset.path);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goto]");
    if (link) {
      event.preventDefault();
      goto(link.dataset.goto);
    }
  });

  window.formFaults = { checked, holder, show, touch };
})();
