// A form that answers while it is filled: live values and verdicts, autosave, sending, what went wrong.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const TYPING = 700;
  const CHOOSING = 120;
  const AUTOSAVE = 4000;
  const MOST_LINKS = 10;
  const ARRIVING = 1000; // how long the page may scroll to what has taken the focus
  let form = $("#form");
  if (!form) return;

  const place = () => `form:${form.dataset.base}:${form.dataset.record}`;
  const state = { dirty: false, kept: true, sending: false, gone: false, timer: 0, saving: 0, again: null, asking: null, focus: null, arrived: 0 };

  // -- what stands in the form --------------------------------------------------------------------

  function collect() {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") values.append(name, value);
    }
    return values;
  }

  function send(address, values, signal) {
    return fetch(address, {
      method: "POST",
      body: values,
      signal,
      headers: { "X-CSRFToken": shell.token(), "X-Form": "1", Accept: "application/json, text/html" },
    });
  }

  const signedOut = (answer) => answer.status === 401 || (answer.redirected && !answer.url.includes(form.dataset.base));
  const expired = (answer) => answer.status === 400 && answer.headers.get("X-Message");

  // -- live answers -------------------------------------------------------------------------------

  function changed(wait) {
    state.dirty = true;
    state.kept = false;
    clearTimeout(state.timer);
    state.timer = setTimeout(ask, wait);
    state.saving ||= setTimeout(autosave, AUTOSAVE); // whoever types without a pause is saved too
  }

  async function ask() {
    state.asking?.abort();
    const asking = new AbortController();
    state.asking = asking;
    try {
      const values = collect();
      if (form.dataset.record) values.set("_record", form.dataset.record);
      values.set("_checked", checked());
      const answer = await send(`${form.dataset.base}/preview`, values, asking.signal);
      if (answer.ok && !answer.redirected) {
        const said = await answer.json();
        apply(said);
        return said;
      }
      if (signedOut(answer)) keepHere();
    } catch (error) {
      if (error.name !== "AbortError") keepHere();
    }
    return null;
  }

  const holder = (path) => form.querySelector(`[data-path="${CSS.escape(path)}"]`);

  function apply(answer) {
    for (const [path, one] of Object.entries(answer.lists || {})) showList(path, one);
    for (const [path, one] of Object.entries(answer.proposals || {})) showProposal(path, one);
    for (const [path, text] of Object.entries(answer.values || {})) showValue(path, text);
    for (const [path, fits] of Object.entries(answer.applies || {})) showFit(path, fits);
    for (const [path, must] of Object.entries(answer.required || {})) showMust(path, must);
    for (const [key, fits] of Object.entries(answer.groups || {})) showGroup(key, fits);
    for (const [key, text] of Object.entries(answer.captions || {})) {
      const caption = $(`[data-group="${CSS.escape(key)}"] [data-caption]`, form);
      if (caption) caption.textContent = text;
    }
    for (const [key, html] of Object.entries(answer.notes || {})) {
      const notes = $(`[data-group="${CSS.escape(key)}"] > [data-notes]`, form);
      if (notes && notes.innerHTML !== html) notes.innerHTML = html;
    }
    for (const [path, one] of Object.entries(answer.inner || {})) showInner(path, one);
    for (const [name, one] of Object.entries(answer.materials || {})) showMaterial(name, one);
    if (answer.holds !== undefined) replaceHolds(answer.holds);
    const asides = $("[data-asides]", form);
    if (asides && asides.innerHTML.trim() !== (answer.asides || "").trim()) asides.innerHTML = answer.asides || "";
    number();
    showFaults(answer.faults || []);
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
      const title = $(`#g-${CSS.escape(entry.dataset.entry)} > .panel-head [data-number]`, form);
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
    const list = form.querySelector(`[data-child="${CSS.escape(path)}"][data-follows]`);
    if (list && one.html && list.dataset.follows !== one.key) list.outerHTML = one.html;
  }

  // A value that nobody has overridden follows its proposal.
  function showProposal(path, one) {
    const shown = form.elements[`${path}_proposed`];
    if (shown) shown.value = one.value ?? "";
    const field = form.elements[path];
    if (field && one.follows && document.activeElement?.name !== path) field.value = one.value ?? "";
  }

  function replaceHolds(html) {
    const aside = $(".form-aside", form);
    if (!aside) return;
    $$("[data-hold]", aside).forEach((card) => card.remove());
    aside.insertAdjacentHTML("afterbegin", html);
  }

  // -- materials: what is asked for now -----------------------------------------------------------

  function showMaterial(name, one) {
    const item = $(`[data-material="${CSS.escape(name)}"]`, form);
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
    const signs = $("template[data-signs]", form)?.content;
    const sign = signs?.querySelector(`[data-sign="${now}"]`);
    if (sign) $("[data-state]", item).replaceChildren(...[...sign.cloneNode(true).childNodes]);
    $("[data-why]", item).hidden = Boolean(given);
  }

  function countMaterials() {
    const items = $$("[data-material]", form).filter((item) => !item.hidden);
    const given = items.filter((item) => $("[data-files] [data-attached]", item));
    const asked = items.filter((item) => given.includes(item) || item.classList.contains("mat-missing"));
    const count = $("[data-material-count]", form);
    if (count) count.textContent = `${given.length} / ${asked.length}`;
  }

  // -- faults: beside the field, in the contents, on top -------------------------------------------

  const touched = new WeakSet();

  // What was refused: a draft only for what stands wrong in it, a submission for what is missing too.
  const checked = () => form.dataset.checked || "";
  const stops = (fault) => checked() === "submit" || (checked() === "save" && fault.refuses);

  function visible(fault) {
    if (stops(fault)) return true;
    const field = holder(fault.path);
    return fault.level === "warning" || (!fault.absent && field && (touched.has(field) || field.querySelector(".fx-fault")));
  }

  function showFaults(faults) {
    // Why a file was not taken stays until another one is: the answer at hand does not know of it.
    $$("[data-faults]", form).forEach((list) => list.replaceChildren(...$$("[data-not-taken]", list)));
    $$("[aria-invalid]", form).forEach((part) => part.removeAttribute("aria-invalid"));
    $$(".fx-bad", form).forEach((part) => part.classList.remove("fx-bad"));
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
    const rest = errors.length - MOST_LINKS;
    const lines = errors.slice(0, MOST_LINKS).map((fault) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#c-${fault.path}`;
      link.dataset.goto = fault.path;
      link.textContent = fault.summary || fault.message;
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

  // -- autosave, and the copy on this machine ------------------------------------------------------

  function saved(text, failing = false) {
    const mark = $("#saved");
    if (!mark) return;
    mark.textContent = text;
    mark.classList.toggle("is-failing", failing);
  }

  async function autosave() {
    clearTimeout(state.saving);
    state.saving = 0;
    if (!state.dirty || state.kept || state.sending) return;
    const values = collect();
    values.set("_record", form.dataset.record);
    state.kept = true;
    try {
      const answer = await send(`${form.dataset.base}/autosave`, values);
      if (answer.ok && !answer.redirected) {
        saved(`${(await answer.json()).at} 已自动保存`);
        sessionStorage.removeItem(place());
        return;
      }
      if (signedOut(answer) || expired(answer)) lapse();
      else keepHere();
    } catch {
      keepHere(); // the network is away: what was typed is kept here
    }
    state.kept = false;
    state.saving = setTimeout(autosave, AUTOSAVE * 3);
  }

  function keepHere(why = "暂时连不上服务器") {
    try {
      sessionStorage.setItem(place(), collect().toString());
      saved(`${why}，内容已留在本机`, true);
    } catch {
      saved(`${why}，请不要关闭页面`, true);
    }
  }

  function offerLocal() {
    const kept = sessionStorage.getItem(place());
    if (!kept) return;
    say("warning", "上次有内容没有送到服务器，还留在本机。", [
      ["恢复", () => {
        sessionStorage.removeItem(place());
        const values = new URLSearchParams(kept);
        values.set("_do", "restore");
        values.set("csrf_token", shell.token());
        deliver(values);
      }],
      ["不要了", () => { sessionStorage.removeItem(place()); say(); }],
    ]);
  }

  // -- messages of the page ------------------------------------------------------------------------

  function say(level, text, actions = []) {
    const box = $("#form-notice");
    box.replaceChildren();
    if (!text) return;
    const notice = document.createElement("div");
    notice.className = `notice ${level}`;
    notice.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.className = "grow";
    words.textContent = text;
    notice.append(words);
    for (const [title, action] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn-text";
      button.textContent = title;
      button.addEventListener("click", action);
      notice.append(button);
    }
    box.append(notice);
    box.scrollIntoView({ block: "center" });
  }

  // A draft that could not be kept must not take the place of what the person asked for.
  function lapse(again) {
    state.again = again || state.again;
    keepHere("登录已过期");
    say("warning", "登录已过期，没有保存。您填写的内容都还在本页：请在新窗口重新登录，再回到这里继续。", [
      ["打开登录页", () => window.open("/", "_blank", "noopener")],
      ["我已登录，继续", renew],
    ]);
  }

  // What was asked for is asked again with what stands in the form by then.
  function repeated(values) {
    return (token) => {
      const now = values.get("_do") === "restore" ? values : collect();
      now.set("_do", values.get("_do"));
      now.set("csrf_token", token);
      return now;
    };
  }

  async function renew() {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector('meta[name="csrf-token"]')?.content;
    if (!answer.ok || !token || !page.querySelector("#form")) {
      say("warning", "还没有登录成功。请先在新窗口登录；本页内容会一直保留。", [
        ["打开登录页", () => window.open("/", "_blank", "noopener")],
        ["我已登录，继续", renew],
      ]);
      return;
    }
    $('meta[name="csrf-token"]').content = token;
    form.elements.csrf_token.value = token;
    say();
    state.kept = false;
    const { again } = state;
    state.again = null;
    if (again) deliver(again(token));
    else autosave();
  }

  // -- sending -------------------------------------------------------------------------------------

  async function submit(button) {
    if (state.sending) return;
    const go = () => {
      const values = collect();
      values.set("_do", button?.value || "save");
      deliver(values);
    };
    if (!button?.dataset.confirm || button.dataset.checkFirst === undefined) return go();
    // Whoever is asked whether to go on for good can go on: what is lacking is said before.
    form.dataset.checked = "submit";
    const answer = await ask();
    if (!answer?.faults.some((fault) => fault.level === "error")) return shell.ask(button.dataset.confirm + shell.named(button), go);
    lead($("#form-faults"));
  }

  function lead(part) {
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
    part.scrollIntoView({ block: "center" });
  }

  async function deliver(values) {
    state.sending = true;
    state.asking?.abort();
    clearTimeout(state.timer);
    busy(true);
    try {
      const answer = await send(form.getAttribute("action"), values);
      const target = answer.headers.get("X-Location");
      if (answer.ok && target) {
        state.gone = true;
        sessionStorage.removeItem(place());
        window.location.assign(target);
        return;
      }
      await refused(answer, values);
    } catch {
      keepHere();
      say("error", "网络不通，没有保存。内容都还在本页，请检查网络后再试。");
    }
    state.sending = false;
    busy(false);
  }

  async function refused(answer, values) {
    if (signedOut(answer)) {
      lapse(repeated(values));
      return;
    }
    const text = await answer.text();
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.querySelector("#form");
    if (fresh) {
      replace(page, fresh);
      return;
    }
    if (expired(answer) && answer.status === 400) {
      lapse(repeated(values));
      return;
    }
    keepHere();
    const said = answer.headers.get("X-Message");
    say("error", said ? decodeURIComponent(said) : "没有办成，内容都还在本页。请稍后再试。");
  }

  function replace(page, fresh) {
    const where = window.scrollY;
    form.replaceWith(fresh);
    form = fresh;
    const head = page.querySelector("#form-head");
    if (head) $("#form-head").replaceWith(head);
    prepare();
    window.scrollTo(0, where);
    const first = $("#clash") || ($("#form-faults")?.hidden ? $("#form-notice .notice") : $("#form-faults"));
    if (first) lead(first);
  }

  // What is typed while the answer is on its way would be lost with the form that it replaces.
  function busy(on) {
    if (on) state.focus = document.activeElement;
    form.inert = on;
    if (!on && document.activeElement === document.body && state.focus?.isConnected) state.focus.focus({ preventScroll: true });
    $$('#form-head button[name="_do"]').forEach((button) => { button.disabled = on; });
    form.setAttribute("aria-busy", String(on));
  }

  // -- events --------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submit(event.submitter);
  }, true);

  document.addEventListener("input", (event) => {
    if (event.target.form !== form || event.target.type === "file" || event.target.matches('[role="combobox"]')) return;
    changed(TYPING);
  });
  document.addEventListener("change", (event) => {
    if (event.target.form !== form || event.target.type === "file" || event.target.matches('[role="combobox"]')) return;
    touch(event.target);
    changed(CHOOSING);
  });
  document.addEventListener("form:changed", (event) => {
    touch(event.target);
    changed(CHOOSING);
    const item = event.target.closest?.("[data-material]");
    if (item) refreshMaterial(item);
    countMaterials();
  });

  // A browser leaves a field that has the focus half below the edge; who types must see all of it.
  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (field.form !== form || !field.matches(":focus-visible")) return;
    state.arrived = performance.now();
    field.scrollIntoView({ block: "nearest" });
  });

  // Notes that come in above push that field down, also while the page still scrolls towards it. It is kept
  // in sight, unless its writer has scrolled away.
  function keepInSight() {
    const watched = form;
    let height = watched.offsetHeight;
    new ResizeObserver(() => {
      const grown = watched.offsetHeight - height, field = document.activeElement;
      height += grown;
      if (grown <= 0 || field.form !== watched || !field.matches(":focus-visible")) return;
      const below = field.getBoundingClientRect().bottom - window.innerHeight;
      const arriving = performance.now() - state.arrived < ARRIVING;
      if (below > 0 && (arriving || below <= grown)) field.scrollIntoView({ block: "nearest" });
    }).observe(watched);
  }

  function touch(part) {
    const field = part.closest?.("[data-path]");
    if (field) touched.add(field);
  }

  document.addEventListener("focusout", (event) => {
    const input = event.target;
    if (input.matches?.("[data-money]") && input.form === form && /^[0-9]+(\.[0-9]*)?$/.test(input.value.replaceAll(",", ""))) {
      const [whole, part = ""] = input.value.replaceAll(",", "").split(".");
      input.value = `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part.padEnd(2, "0")}`;
    }
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goto]");
    if (link) {
      event.preventDefault();
      goto(link.dataset.goto);
    }
  });

  // Enter in a field would press the first button of the form: nobody means to send it that way.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (field.form === form && field.matches("input:not([type=file])")) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || $("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key !== "s" && key !== "enter") return;
    event.preventDefault();
    document.activeElement?.blur?.();
    const buttons = $$('#form-head button[name="_do"]').filter((button) => !button.matches("[data-forget]"));
    const wanted = key === "s" ? buttons.find((button) => button.value === "save") : buttons.find((button) => button.matches(".btn-primary"));
    wanted?.click();
  });

  window.addEventListener("beforeunload", (event) => {
    if (state.dirty && !state.kept && !state.gone) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") autosave();
  });

  // -- contents ------------------------------------------------------------------------------------

  let spy = null;

  function watch() {
    spy?.disconnect();
    const seen = new Set();
    spy = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) seen.add(entry.target);
        else seen.delete(entry.target);
      }
      const first = $$(".form-main > [data-group]", form).find((panel) => seen.has(panel));
      $$("#form-contents a").forEach((link) => {
        const here = Boolean(first) && link.parentElement.dataset.entry === first.dataset.group;
        link.classList.toggle("is-here", here);
        if (here) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    }, { rootMargin: "-115px 0px -45% 0px" });
    $$(".form-main > [data-group]", form).forEach((panel) => spy.observe(panel));
  }

  function prepare() {
    watch();
    keepInSight();
    ask();
  }

  prepare();
  offerLocal();
  if (checked()) $("#form-faults")?.focus({ preventScroll: true });
  window.liveForm = { collect, send, get element() { return form; } };
})();
