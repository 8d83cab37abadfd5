// Fields of a day: typed as people write days, or picked from a calendar that speaks Chinese whatever the browser does.
"use strict";

(() => {
  const WRITTEN = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$/;
  const DAYS = 'input[type="date"], input[data-day]';
  const LOCALE = {
    days: ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    daysShort: ["日", "一", "二", "三", "四", "五", "六"],
    daysMin: ["日", "一", "二", "三", "四", "五", "六"],
    months: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    monthsShort: ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"],
    today: "今天",
    clear: "清除",
    dateFormat: "yyyy-MM-dd",
    timeFormat: "HH:mm",
    firstDay: 1,
  };
  const parts = document.getElementById("day-parts");
  let open = null; // the calendar that is on the page
  let library = null;

  function load() {
    library ??= new Promise((done, failed) => {
      const look = document.createElement("link");
      const script = document.createElement("script");
      Object.assign(look, { rel: "stylesheet", href: parts.dataset.style });
      Object.assign(script, { src: parts.dataset.script, onload: done, onerror: failed });
      document.head.append(look, script);
    });
    return library;
  }

  // 20261126, 2026/1/5, 2026年1月5日 → 2026-01-05; what is no day stays as it was typed
  function spelled(text) {
    const found = WRITTEN.exec(text.trim());
    if (!found) return text;
    const [year, month, day] = [found[1], found[2] ?? found[4], found[3] ?? found[5]].map(Number);
    const date = new Date(year, month - 1, day);
    if (date.getMonth() !== month - 1 || date.getDate() !== day) return text;
    return [String(year).padStart(4, "0"), month, day].map((part) => String(part).padStart(2, "0")).join("-");
  }

  function tell(input) {
    for (const name of ["input", "change"]) input.dispatchEvent(new Event(name, { bubbles: true }));
  }

  function close() {
    open?.destroy();
    open = null;
  }

  function take(input, text) {
    input.value = text;
    tell(input);
    setTimeout(() => { close(); input.focus(); });
  }

  async function pick(input) {
    const again = open?.$el === input;
    close();
    if (again) return;
    await load();
    const given = spelled(input.value);
    const known = WRITTEN.test(given) ? [new Date(`${given}T00:00`)] : [];
    open = new AirDatepicker(input, {
      locale: LOCALE,
      selectedDates: known,
      startDate: known[0] ?? new Date(),
      showEvent: "pick-day",
      keyboardNav: true,
      toggleSelected: false,
      container: input.closest("dialog, .modal") ?? undefined,
      buttons: ["today", "clear"],
      navTitles: { days: "yyyy年 MMMM", months: "yyyy年", years: "yyyy1–yyyy2年" },
      onSelect: ({ formattedDate, datepicker }) => datepicker === open && take(input, formattedDate ?? ""),
      onHide: (finished) => finished && setTimeout(() => {
        close();
        if (document.activeElement === document.body) input.focus(); // the package takes the focus away
      }),
    });
    input.focus();
    open.show();
  }

  function prepare(input) {
    if (input.closest(".day-field")) return;
    input.type = "text";
    Object.assign(input, { placeholder: "年-月-日", autocomplete: "off", maxLength: 20, inputMode: "numeric" });
    const field = document.createElement("span");
    const focused = document.activeElement === input;
    field.className = "day-field";
    input.replaceWith(field);
    field.append(input);
    if (focused) input.focus(); // moving it lost the focus
    if (input.disabled || input.readOnly) return;
    const button = parts.content.firstElementChild.cloneNode(true);
    field.append(button);
    button.addEventListener("click", () => pick(input));
    input.addEventListener("change", () => { input.value = spelled(input.value); }, true);
    input.addEventListener("keydown", (event) => {
      if (event.altKey && event.key === "ArrowDown") { event.preventDefault(); pick(input); }
      if (!open) return;
      if (event.key === "Escape") { event.stopPropagation(); close(); input.focus(); }
      if (event.key === "Enter" && open.focusDate && open.currentView === "days") {
        event.preventDefault();
        event.stopImmediatePropagation(); // Enter takes the day, and neither sends the form nor leaves the field
        take(input, open.formatDate(open.focusDate, LOCALE.dateFormat));
      }
    });
  }

  function prepareAll(root) {
    for (const input of root.querySelectorAll?.(DAYS) ?? []) prepare(input);
  }

  document.addEventListener("DOMContentLoaded", () => {
    prepareAll(document);
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) {
        if (node.matches?.(DAYS)) prepare(node);
        else prepareAll(node);
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
