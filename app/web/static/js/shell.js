// What every screen does: side bar, finding functions, dialogs, confirmations, keys, live requests.
"use strict";

(() => {
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const token = () => $('meta[name="csrf-token"]').content;

  // -- side bar ---------------------------------------------------------------------------------

  function foldSide(mini) {
    root.toggleAttribute("data-nav", mini);
    if (mini) root.dataset.nav = "mini";
    document.cookie = `nav=${mini ? "mini" : ""}; path=/; max-age=${mini ? 31536000 : 0}; samesite=lax`;
    $("#fold-side").setAttribute("aria-pressed", String(mini));
  }

  function prepareSide() {
    const side = $("#side");
    if (!side) return;
    $("#fold-side").addEventListener("click", () => foldSide(root.dataset.nav !== "mini"));
    side.addEventListener("click", (event) => {
      if (event.target.closest("summary") && root.dataset.nav === "mini") foldSide(false);
    });
    $("#open-side").addEventListener("click", () => {
      root.dataset.nav = "open";
      $("#find-function").focus();
    });
    document.addEventListener("click", (event) => {
      if (root.dataset.nav === "open" && !event.target.closest(".side, #open-side")) delete root.dataset.nav;
    });
    $('.menu [aria-current="page"]')?.scrollIntoView({ block: "nearest" });
  }

  // -- find a function: title, pinyin initials, id ----------------------------------------------

  function prepareFinder() {
    const input = $("#find-function");
    if (!input) return;
    const list = $("#found-functions");
    const entries = $$(".menu-item").map((link) => ({
      href: link.getAttribute("href"),
      title: $(".word", link).textContent,
      id: link.dataset.function,
      keys: `${link.dataset.keys} ${link.dataset.function} ${$(".word", link).textContent}`.toLowerCase(),
    }));
    let at = 0;
    let shown = [];

    const rank = (entry, words) => {
      if (!words.every((word) => entry.keys.includes(word))) return -1;
      if (entry.id.toLowerCase() === words[0]) return 0;
      return entry.keys.split(" ").some((key) => key.startsWith(words[0])) ? 1 : 2;
    };
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = () => {
      $$("li", list).forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
      const item = list.children[at];
      if (item?.id) input.setAttribute("aria-activedescendant", item.id);
      item?.scrollIntoView({ block: "nearest" });
    };
    const show = () => {
      const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      if (!words.length) return close();
      shown = entries.map((entry) => [rank(entry, words), entry]).filter(([order]) => order >= 0)
        .sort((a, b) => a[0] - b[0]).slice(0, 12).map(([, entry]) => entry);
      list.replaceChildren(...shown.map((entry, index) => {
        const item = document.createElement("li");
        item.id = `found-${index}`;
        item.role = "option";
        item.setAttribute("role", "option");
        item.dataset.href = entry.href;
        const id = document.createElement("small");
        id.textContent = entry.id;
        item.append(entry.title, id);
        return item;
      }));
      if (!shown.length) {
        const item = document.createElement("li");
        item.className = "none";
        item.setAttribute("role", "option");
        item.textContent = "没有这个功能，或未授权给您";
        list.append(item);
      }
      at = 0;
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark();
    };
    const go = (href) => { if (href) window.location.assign(href); };
    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        at = (at + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(shown.length, 1);
        mark();
        event.preventDefault();
      } else if (event.key === "Enter") {
        go(shown[at]?.href);
        event.preventDefault();
      } else if (event.key === "Escape") {
        input.value = "";
        close();
        input.blur();
      }
    });
    input.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => go(event.target.closest("li")?.dataset.href));
  }

  // -- dialogs and confirmations ----------------------------------------------------------------

  let confirmed = null;

  function ask(text, then) {
    $("#confirm-text").textContent = text;
    confirmed = then;
    $("#confirm").showModal();
    $("#confirm-yes").focus();
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-dismiss]")) event.target.closest(".notice")?.remove();
    if (event.target.id === "confirm-yes") {
      $("#confirm").close();
      confirmed?.();
    }
    if (event.target instanceof HTMLDialogElement) event.target.close(); // a click on the backdrop
  });

  document.addEventListener("submit", (event) => {
    const text = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (!text || event.target.dataset.sure) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(text, () => {
      event.target.dataset.sure = "1";
      event.target.requestSubmit(event.submitter);
      delete event.target.dataset.sure;
    });
  }, true);

  // A form is sent once: a second click while the first is under way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  window.addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // A select or box with data-submit sends its form when it changes.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // -- messages and live requests ---------------------------------------------------------------

  function say(level, text) {
    const notice = document.createElement("div");
    notice.className = `notice ${level}`;
    notice.setAttribute("role", level === "error" ? "alert" : "status");
    const words = document.createElement("div");
    words.className = "grow";
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", "关闭提示");
    close.textContent = "×";
    notice.append(words, close);
    $("#messages").append(notice);
    notice.scrollIntoView({ block: "nearest" });
    return notice;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    const number = event.detail.xhr.getResponseHeader("X-Request-Id") || "";
    if (status === 401) return void say("warning", "登录已超时，请刷新页面重新登录；已填写的内容请先复制保存。");
    const said = event.detail.xhr.getResponseHeader("X-Message");
    say("error", said ? decodeURIComponent(said) : `没有办成，请稍后再试。如仍不行，请把编号 ${number} 告诉管理员。`);
  });
  document.addEventListener("htmx:sendError", () => say("error", "网络不通，没有办成。请检查网络后再试。"));
  document.addEventListener("htmx:afterSwap", (event) => announceTitles(event.target));

  function announceTitles(within) {
    $$("[data-focus]", within).forEach((item) => item.focus());
  }

  // -- keys ---------------------------------------------------------------------------------------

  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || $("dialog[open]")) return;
    if (event.key === "/" && $("#find-function")) {
      if (root.dataset.nav === "mini") foldSide(false);
      $("#find-function").focus();
      event.preventDefault();
    } else if (event.key === "?") {
      $("#keys")?.showModal();
    } else if (event.key === "n") {
      $('[data-key="n"]')?.click();
    }
  });

  // -- what is opened most often stands first among the quick entries; counted on this machine only --

  function countVisits() {
    let visits = {};
    try {
      visits = JSON.parse(localStorage.getItem("visits") || "{}");
    } catch { /* a broken note is begun anew */ }
    const here = $('.menu-item[aria-current="page"]')?.dataset.function;
    if (here) {
      visits[here] = (visits[here] || 0) + 1;
      localStorage.setItem("visits", JSON.stringify(visits));
    }
    const box = $("#quick-entries");
    if (!box) return;
    const links = $$("a", box).sort((a, b) => (visits[b.dataset.function] || 0) - (visits[a.dataset.function] || 0));
    links.forEach((link, index) => { link.hidden = index >= 9; });
    box.replaceChildren(...links);
  }

  prepareSide();
  prepareFinder();
  countVisits();
  window.shell = { ask, say, token, typing };
})();
