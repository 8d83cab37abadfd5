// A form that answers while it is filled: asking, saving by itself, sending, and what the page says of it.
"use strict";

(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const TYPING = 700;
  const CHOOSING = 120;
  const AUTOSAVE = 4000;
  const ARRIVING = 1000; // how long the page may scroll to what has taken the focus
  let form = $("#form");
  if (!form) return;
  const { checked, touch } = formFaults;
  const { apply, countMaterials, refreshMaterial } = formAnswers;

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
    const notice = shell.notice(level, text);
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

  document.addEventListener("focusout", (event) => {
    const input = event.target;
    if (input.matches?.("[data-money]") && input.form === form && /^[0-9]+(\.[0-9]*)?$/.test(input.value.replaceAll(",", ""))) {
      const [whole, part = ""] = input.value.replaceAll(",", "").split(".");
      input.value = `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part.padEnd(2, "0")}`;
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
