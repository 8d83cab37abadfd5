// An analysis answers at once: what is chosen is asked for, and the table, the form and the dialogs take its place.
"use strict";

(() => {
  const PARTS = ["explore-actions", "explore", "explore-dialogs"];
  const WAIT = 200; // milliseconds, so that keys that walk through a list ask once
  const values = document.getElementById("values");
  const body = document.getElementById("values-body");
  const asking = { table: null, values: null }; // what is under way; the next one takes its place
  let timer = 0;
  let opener = ""; // of the values: where the focus returns to

  document.documentElement.classList.add("explores");

  const chosen = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  const question = (form) => `${form.getAttribute("action")}?${chosen(form)}`;

  async function page(what, address, headers = {}) {
    asking[what]?.abort();
    asking[what] = new AbortController();
    const answer = await fetch(address, { headers, signal: asking[what].signal, credentials: "same-origin", redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  // The person stays where he is: in the box that he has just changed, at the same place of the page.
  function take(text, address, focus) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const held = PARTS.map((id) => [document.getElementById(id), fresh.getElementById(id)]);
    if (held.some(([was, is]) => !was || !is)) throw new Error("not this page");
    const here = focus || document.activeElement?.id;
    window.charts.clear(document.getElementById("explore"));
    for (const [was, is] of held) was.replaceWith(document.adoptNode(is));
    window.history.pushState(null, "", address);
    window.charts.draw(document.getElementById("explore"), false);
    document.getElementById(here)?.focus({ preventScroll: true });
    const table = document.querySelector("#explore-table h2, #explore-table strong");
    document.getElementById("explore-said").textContent = table ? `已更新：${table.textContent}` : "";
  }

  // A menu that is open is not taken from under the pointer.
  const closed = () => new Promise((go) => {
    if (!document.querySelector("#explore .dropdown-menu.show")) go();
    else document.addEventListener("hidden.bs.dropdown", () => go(), { once: true });
  });

  async function ask(address, focus) {
    const table = document.getElementById("explore-table");
    table.setAttribute("aria-busy", "true");
    try {
      const text = await page("table", address);
      const mine = asking.table;
      await closed();
      if (mine === asking.table) take(text, address, focus);
    } catch (error) {
      if (error.name !== "AbortError") window.location.assign(address); // the page itself says what is wrong
    }
  }

  // What has just been chosen counts, also where its table is still under way.
  async function open(link) {
    const form = document.getElementById("ask");
    const address = `${link.pathname}?${chosen(form)}&by=${link.dataset.values}`;
    try {
      body.innerHTML = await page("values", address, { "X-Requested-With": "fetch" });
    } catch (error) {
      if (error.name !== "AbortError") window.location.assign(address);
      return;
    }
    opener = link.closest(".dropdown") ? "x-limit" : link.id || "x-limit";
    document.getElementById("values-title").textContent = body.firstElementChild.dataset.title;
    const find = body.querySelector("[data-narrow]");
    if (find) find.hidden = false;
    values.showModal();
    (find || body.querySelector("input[type=checkbox]"))?.focus();
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-apply=change]");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(question(form)), WAIT);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-apply]") || event.defaultPrevented) return;
    event.preventDefault();
    clearTimeout(timer);
    values.close();
    ask(question(form), form.closest("#values") ? opener : "");
  });

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest?.("a[data-apply], a[data-values], #values a[data-close]");
    if (!link) return;
    event.preventDefault();
    if ("values" in link.dataset) open(link);
    else if ("apply" in link.dataset) {
      values.close();
      ask(link.href, "x-limit");
    } else values.close();
  });

  body.addEventListener("input", (event) => {
    if (!event.target.matches("[data-narrow]")) return;
    const words = event.target.value.trim().toLowerCase();
    for (const item of body.querySelectorAll(".values-list li")) {
      item.hidden = !item.textContent.toLowerCase().includes(words);
    }
  });

  window.addEventListener("popstate", () => window.location.reload());
})();
