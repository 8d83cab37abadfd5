// Deciding a case: marks, readings, phrases, and acting on it.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const form = $("#decide");
  if (!form) return;
  const address = `${form.dataset.base}/${form.dataset.record}`;

  // -- marks on fields and child lists -------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const marker = event.target.closest("[data-mark]");
    if (!marker) return;
    const place = marker.closest(".fact, .lines-mark");
    const existing = $(".mark-box", place);
    if (existing) {
      existing.remove();
      marker.classList.remove("is-on");
      marker.setAttribute("aria-expanded", "false");
    } else {
      place.append(markBox(marker));
      marker.classList.add("is-on");
      marker.setAttribute("aria-expanded", "true");
      $("input", place.lastElementChild).focus();
    }
    listMarks();
  });

  function markBox(marker) {
    const box = document.createElement("div");
    box.className = "mark-box";
    const input = document.createElement("input");
    input.className = "form-control";
    input.name = `note|${marker.dataset.mark}`;
    input.maxLength = 500;
    input.autocomplete = "off";
    input.placeholder = "要怎样修改";
    input.setAttribute("aria-label", `对“${marker.dataset.label}”的意见`);
    input.dataset.label = marker.dataset.label;
    box.append(input);
    return box;
  }

  function listMarks() {
    const words = [];
    for (const item of $$("#reader [data-item]")) {
      // What is in order is no mark that anybody has to put right.
      const labels = $$('.reader-label:not(.is-good) input[name^="label|"]:checked', item).map((one) => one.nextElementSibling.textContent);
      const note = $('input[name^="note|"]', item)?.value.trim();
      if (labels.length || note) {
        const title = $(`#reader-choice option[value="${CSS.escape(item.dataset.item)}"]`).textContent;
        words.push(`${title}：${[...labels, note].filter(Boolean).join("，")}`);
      }
    }
    for (const input of $$(".mark-box input")) words.push(`${input.dataset.label}：${input.value.trim() || "请填写意见"}`);
    for (const list of $$("[data-marks]")) {
      list.replaceChildren(...words.map((text) => {
        const line = document.createElement("li");
        line.textContent = text;
        return line;
      }));
    }
    $$("[data-no-marks]").forEach((part) => { part.hidden = words.length > 0; });
    const bar = $("#dock-marks");
    if (bar) bar.hidden = !words.length;
  }

  // -- what the papers say --------------------------------------------------------------------------

  async function reading(key, value, input) {
    const [material, field] = key.split("|");
    const answer = await post(`${address}/readings`, { material, field, value });
    if (!answer?.ok) {
      say("error", "没有记下核对结果，请再试一次");
      return;
    }
    const { verdict } = await answer.json();
    if (input) input.value = value;
    $$(`[data-reading="${CSS.escape(key)}"]`).forEach((cell) => { cell.textContent = value; });
    const button = $(`[data-agree="${CSS.escape(key)}"]`);
    button?.classList.toggle("is-on", verdict === "same");
    for (const row of $$(`[data-checked-field="${CSS.escape(field)}"]`)) judge(row);
  }

  function judge(row) {
    const stated = letters(row.children[1].textContent);
    const read = $$("[data-reading]", row).map((cell) => cell.textContent.trim()).filter(Boolean);
    const tag = document.createElement("span");
    const same = read.every((text) => letters(text) === stated);
    tag.className = `tag ${read.length ? (same ? "green" : "amber") : ""}`;
    tag.textContent = read.length ? (same ? "一致" : "不一致") : "未核对";
    $("[data-verdict]", row).replaceChildren(tag);
  }

  const letters = (text) => [...text.toLowerCase()].filter((char) => /[\p{L}\p{N}]/u.test(char)).join("");

  document.addEventListener("click", (event) => {
    const agree = event.target.closest("[data-agree]");
    if (agree) reading(agree.dataset.agree, agree.dataset.stated, $(`[data-read="${CSS.escape(agree.dataset.agree)}"]`));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-read]")) reading(event.target.dataset.read, event.target.value.trim());
    if (event.target.matches('[name^="label|"], [name^="note|"]')) listMarks();
  });

  // -- phrases --------------------------------------------------------------------------------------

  const comment = $("#comment");

  function put(text) {
    comment.value = comment.value.trim() ? comment.value + text : text;
    comment.dispatchEvent(new Event("input", { bubbles: true }));
    comment.focus();
  }

  document.addEventListener("click", async (event) => {
    const phrase = event.target.closest("[data-phrase]");
    if (phrase) put(phrase.textContent);
    const drop = event.target.closest("[data-drop-phrase]");
    if (drop && (await post(`${form.dataset.base}/phrases`, { drop: drop.dataset.dropPhrase }))?.ok) drop.closest("li").remove();
    if (event.target.closest("[data-keep-phrase]")) keepPhrase();
  });

  async function keepPhrase() {
    const text = comment.value.trim();
    if (!text) return say("warning", "请先写好意见，再存为常用语");
    const answer = await post(`${form.dataset.base}/phrases`, { text });
    if (!answer?.ok) return say("warning", await told(answer, "没有存成，请再试一次"));
    const item = document.createElement("li");
    item.className = "phrase";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "dropdown-item";
    button.dataset.phrase = "";
    button.textContent = text;
    item.append(button);
    $("[data-phrases]").prepend(item);
    $("#dock-kept").textContent = "已存为常用语";
    return undefined;
  }

  // -- acting ---------------------------------------------------------------------------------------

  function post(target, values) {
    const body = values instanceof URLSearchParams ? values : new URLSearchParams(values);
    body.set("csrf_token", shell.token());
    return fetch(target, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": shell.token(), "X-Form": "1", Accept: "application/json" },
    }).catch(() => null);
  }

  async function told(answer, otherwise) {
    if (!answer) return "网络不通，没有办成。请检查网络后再试。";
    const said = answer.headers.get("X-Message");
    return said ? decodeURIComponent(said) : otherwise;
  }

  // Nobody is asked whether they are sure before they are told what is missing.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".dock-actions .btn-primary[data-act]");
    if (!button) return;
    button.dataset.question ??= button.dataset.confirm ?? "";
    const unjudged = $$(".dock-row").some((row) => !$("input:checked", row));
    const missing = unjudged || $('.dock-checks input[name="check"]:not(:checked)');
    if (missing || !button.dataset.question) delete button.dataset.confirm;
    else button.dataset.confirm = button.dataset.question;
  }, true);

  document.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-ask]");
    if (!asks) return;
    const dialog = document.getElementById(`ask-${asks.dataset.ask}`);
    const mirror = $("[data-mirror]", dialog);
    mirror.value = comment.value;
    $("[data-said]", dialog).replaceChildren();
    listMarks();
    for (const part of $$(".ask-values .fx", dialog)) fault(part, "");
    dialog.showModal();
    ($(".ask-values :is(input:not([type=hidden]), select, textarea)", dialog) ?? mirror).focus();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-mirror]")) comment.value = event.target.value;
    if (event.target.matches("#comment, [data-mirror], [name^='opinion|']")) keep();
    if (event.target.matches('[name^="note|"]')) listMarks();
    if (event.target.matches("[data-grow]")) grow(event.target);
    if (event.target.matches("[data-whose]")) address_to(event.target);
  });

  // A return to colleagues is worded otherwise than one to those who applied.
  function address_to(target) {
    for (const words of $$("[data-for]", target.closest("dialog"))) {
      words.hidden = words.dataset.for !== target.dataset.whose;
    }
  }

  function grow(area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 180)}px`;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (!button?.dataset.act || form.dataset.acting) return;
    form.dataset.acting = "1";
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") values.append(name, value);
    $$("[data-act]").forEach((one) => { one.disabled = true; });
    const answer = await post(button.getAttribute("formaction"), values);
    const target = answer?.headers.get("X-Location");
    if (answer?.ok && target) {
      sessionStorage.removeItem(place);
      sessionStorage.setItem("decided", String(Date.now()));
      window.location.assign(target);
      return;
    }
    delete form.dataset.acting;
    $$("[data-act]").forEach((one) => { one.disabled = false; });
    await refused(answer);
  });

  async function refused(answer) {
    keep();
    const dialog = $("dialog[open]");
    const inside = answer?.status === 422 && dialog ? $("[data-said]", dialog) : null;
    if (!inside) dialog?.close(); // what can be put right in the dialog is said there
    if (answer && (answer.status === 401 || (answer.redirected && !answer.url.includes(form.dataset.base)))) {
      say("warning", "登录已过期，没有办理。意见已留在本页：请在新窗口登录，再回到这里办理。", "/");
      return;
    }
    let text = await told(answer, "没有办成，意见已留在本页，请稍后再试。");
    let details = [];
    try { details = (await answer.json()).errors || []; } catch { /* no list of faults */ }
    if (inside) {
      for (const part of $$(".ask-values .fx", dialog)) fault(part, "");
      const others = beside(dialog, details);
      if (details.length && !others.length) {
        inside.replaceChildren();
        $(".ask-values .fx-bad :is(input:not([type=hidden]), select, textarea)", dialog)?.focus();
        return;
      }
      details = others;
    }
    if (details.length) text = details.map((one) => one.message).join("；");
    $(".dock-checks")?.classList.toggle("is-bad", details.some((one) => one.path === "checks"));
    const edit = details.some((one) => !["checks", "comment", "marks", "opinions", "resubmit", "target", "values"].includes(one.path.split(".")[0])) && $('.page-head a[data-key="e"]');
    const link = answer?.status === 409 || answer?.status === 404 ? window.location.href : edit ? edit.href : "";
    say("error", text, link, inside ?? $("#dock-notice"));
    if (details.some((one) => one.path === "comment")) (inside ? $("[data-mirror]", dialog) : comment).focus();
  }

  // What is wrong with what an action asks for stands beside its box; the rest is told below.
  function beside(dialog, details) {
    return details.filter((one) => {
      const [head, name] = one.path.split(".");
      const part = head === "values" && dialog && $(`.ask-values [data-field="${CSS.escape(name)}"]`, dialog);
      if (part) fault(part, one.message);
      return !part;
    });
  }

  function fault(part, words) {
    const list = $("[data-faults]", part);
    list.replaceChildren();
    part.classList.toggle("fx-bad", Boolean(words));
    const box = $("input:not([type=hidden]), select, textarea", part);
    box?.toggleAttribute("aria-invalid", Boolean(words));
    if (!words) return;
    const line = document.createElement("li");
    line.className = "fx-fault fx-error";
    line.textContent = words;
    list.append(line);
  }

  function say(level, text, link = "", where = $("#dock-notice")) {
    const notice = shell.notice(level, text);
    if (link) {
      const open = document.createElement("a");
      open.href = link;
      open.textContent = link === "/" ? "打开登录页" : link.endsWith("/edit") ? "去修改" : "看最新情况";
      if (link === "/") open.target = "_blank";
      notice.append(open);
    }
    where.replaceChildren(notice);
  }

  // What was written is kept in this window until the case is decided.
  const place = `case:${address}`;

  // The next case stands where the last one stood: a second click must not decide what nobody has read.
  const dock = $(".dock");
  if (dock && Date.now() - Number(sessionStorage.getItem("decided") ?? 0) < 5000) {
    dock.inert = true;
    setTimeout(() => { dock.inert = false; }, 1200);
  }

  function keep() {
    if (comment) sessionStorage.setItem(place, comment.value);
  }

  if (comment) {
    const kept = sessionStorage.getItem(place);
    if (kept) {
      comment.value = kept;
      grow(comment);
      $("#dock-kept").textContent = "已恢复上次没有办完的意见";
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const dialog = $("dialog[open]");
      const button = dialog ? $("[data-act]", dialog) : $(".dock-actions > .btn-primary");
      if (button && !button.closest("[inert]")) {
        event.preventDefault();
        button.click();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || shell.typing(event.target) || $("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") $(`[data-step="${event.key}"]`)?.click();
    if (event.key === "e") $('[data-key="e"]')?.click();
  });

  // The picture of the route: lines begin behind the titles.
  for (const stop of $$(".route li")) {
    stop.style.setProperty("--title", `${$(".route-title", stop).offsetWidth}px`);
  }
  listMarks();
})();
