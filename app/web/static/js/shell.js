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

  // A file input speaks the browser's language; this face of it speaks ours.
  $$('input.input[type="file"]').forEach((input) => {
    const face = document.createElement("span");
    const button = document.createElement("label");
    const name = document.createElement("span");
    face.className = "file-face";
    button.className = "btn btn-plain";
    button.htmlFor = input.id;
    button.textContent = "选择文件";
    name.className = "small muted";
    name.textContent = "未选择文件";
    face.append(button, name);
    input.classList.add("visually-hidden");
    input.after(face);
    input.addEventListener("change", () => {
      name.textContent = [...input.files].map((file) => file.name).join("、") || "未选择文件";
    });
  });

  // -- dialogs and confirmations ----------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "已复制";
    } catch {
      button.textContent = "没有复制成功，请手工选取";
    }
  });

  let confirmed = null;

  function ask(text, then) {
    $("#confirm-text").textContent = text;
    confirmed = then;
    $("#confirm").showModal();
    $("#confirm-yes").focus();
  }

  $("dialog[data-opened]")?.showModal(); // its form was refused: what was typed still stands there

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

  // Names what is about to be undone for good, as it is chosen on the form just now.
  function named(button) {
    const boxes = (button?.dataset.confirmNames || "").split(" ").filter(Boolean).map((name) => document.getElementById(`c-${name}`));
    const names = boxes.map((box) => box?.value || box?.textContent).filter(Boolean);
    return names.length ? `\n${names.join("、")}` : "";
  }

  document.addEventListener("submit", (event) => {
    const text = (event.submitter?.dataset.confirm || event.target.dataset.confirm || "") + named(event.submitter);
    if (!text || event.target.dataset.sure || event.submitter?.dataset.checkFirst !== undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(text, () => {
      event.target.dataset.sure = "1";
      event.target.requestSubmit(event.submitter);
      delete event.target.dataset.sure;
    });
  }, true);

  // A browser says what a box lacks in its own language, which need not be that of these pages.
  const LACKS = [
    ["valueMissing", (box) => (box.matches("select, [type=checkbox], [type=radio], [type=file]") ? "请选择这一项" : "请填写这一项")],
    ["tooLong", (box) => `最多 ${box.maxLength} 个字`],
    ["tooShort", (box) => `至少 ${box.minLength} 个字`],
    ["rangeUnderflow", (box) => `不能小于 ${box.min}`],
    ["rangeOverflow", (box) => `不能大于 ${box.max}`],
  ];
  document.addEventListener("invalid", (event) => {
    const box = event.target;
    box.setCustomValidity("");
    if (box.validity.valid) return;
    const [, words] = LACKS.find(([kind]) => box.validity[kind]) ?? [];
    box.setCustomValidity(words ? words(box) : "填写的格式不正确");
  }, true);
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => event.target.setCustomValidity?.(""), true);
  }

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

  // A message as a box of the page; whoever asks for it adds what can be done about it.
  function notice(level, text, role = "alert") {
    const box = document.createElement("div");
    box.className = `notice ${level}`;
    box.setAttribute("role", role);
    const words = document.createElement("div");
    words.className = "grow";
    words.textContent = text;
    box.append(words);
    return box;
  }

  function say(level, text) {
    const box = notice(level, text, level === "error" ? "alert" : "status");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", "关闭提示");
    close.textContent = "×";
    box.append(close);
    $("#messages").append(box);
    box.scrollIntoView({ block: "nearest" });
    return box;
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
  window.shell = { ask, named, notice, say, token, typing };
})();
