// Files: by click or drag, with progress, and shown in the page.
"use strict";

(() => {
  const targetOf = (part) => part.closest("[data-material], [data-upload]");
  const formOf = (target) => target.closest("form");
  const slotOf = (target) => (target.dataset.material ? `material.${target.dataset.material}` : target.dataset.upload);

  function plain(path) {
    return path.split(".").filter((part) => !/^\d+$/.test(part)).join(".");
  }

  function upload(target, file) {
    const form = formOf(target);
    const bar = target.querySelector("progress");
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("file", file, file.name);
    request.open("POST", `${form.dataset.base}/files/${plain(slotOf(target))}${form.dataset.record ? `?record=${form.dataset.record}` : ""}`);
    request.setRequestHeader("X-CSRFToken", shell.token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = Math.round((event.loaded / event.total) * 100);
    });
    request.addEventListener("load", () => done(target, request, file));
    request.addEventListener("error", () => fail(target, `“${file.name}”没有传上去，请检查网络后再试`));
    bar.value = 0;
    bar.hidden = false;
    fail(target, "");
    request.send(data);
  }

  function done(target, request, file) {
    target.querySelector("progress").hidden = true;
    let answer = null;
    try { answer = JSON.parse(request.responseText); } catch { /* not an answer of ours */ }
    if (request.status === 401) return fail(target, "登录已过期，请在新窗口登录后再传");
    if (request.status !== 200 || !answer) {
      return fail(target, answer?.errors?.[0]?.message || answer?.message || `“${file.name}”没有传上去，请再试一次`);
    }
    if (target.dataset.material) attach(target, answer);
    else put(target, answer);
    target.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
  }

  function fail(target, text) {
    target.querySelector("progress").hidden = true;
    const list = document.getElementById(`f-${slotOf(target)}`);
    if (!list) return;
    list.replaceChildren();
    if (!text) return;
    const item = document.createElement("li");
    item.className = "fx-fault fx-error";
    item.setAttribute("role", "alert");
    item.dataset.notTaken = "";
    item.textContent = text;
    list.append(item);
  }

  function attach(item, file) {
    const files = item.querySelector("[data-files]");
    if (!item.hasAttribute("data-many")) files.replaceChildren();
    const line = document.createElement("p");
    line.className = "mat-file";
    line.dataset.attached = file.id;
    const value = document.createElement("input");
    value.type = "hidden";
    value.name = slotOf(item);
    value.value = file.id;
    const size = document.createElement("span");
    size.className = "mat-size";
    size.textContent = file.size;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "close mat-remove";
    remove.dataset.remove = "";
    remove.setAttribute("aria-label", `去掉 ${file.name}`);
    remove.textContent = "×";
    line.append(value, link(file, item.querySelector(".mat-title").textContent), size, remove);
    files.append(line);
    item.classList.remove("mat-marked");
    const choose = item.querySelector("[data-choose]");
    if (choose) choose.textContent = item.hasAttribute("data-many") ? "再加" : "更换";
  }

  function link(file, title) {
    const link = document.createElement("a");
    link.href = file.href;
    link.target = "_blank";
    link.rel = "noopener";
    link.dataset.view = file.preview || "";
    link.dataset.kind = file.kind;
    link.dataset.title = `${title}：${file.name}`;
    link.textContent = file.name;
    return link;
  }

  function put(target, file) {
    target.querySelector("[data-value]").value = file.id;
    const now = target.querySelector("[data-now]");
    now.replaceChildren();
    if (file.kind === "image") {
      const picture = document.createElement("img");
      picture.src = file.href;
      picture.alt = file.name;
      now.append(picture);
    }
    now.append(link(file, ""));
    target.querySelector("[data-choose]").lastChild.textContent = " 换一个";
  }

  function take(target, files) {
    const list = [...files];
    const many = target.hasAttribute("data-many");
    (many ? list : list.slice(0, 1)).forEach((file) => upload(target, file));
  }

  document.addEventListener("click", (event) => {
    const target = targetOf(event.target);
    if (target && event.target.closest("[data-choose]")) target.querySelector("[data-file]").click();
    if (target && event.target.closest("[data-remove]")) {
      event.target.closest("[data-attached]").remove();
      const choose = target.querySelector("[data-choose]");
      if (!target.querySelector("[data-files] [data-attached]")) choose.textContent = "上传";
      target.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
      choose.focus();
    }
    const shown = event.target.closest("a[data-view]");
    if (shown && shown.dataset.view && document.getElementById("viewer") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      view(shown);
    }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-file]")) return;
    take(targetOf(event.target), event.target.files);
    event.target.value = "";
  });

  const droppable = (event) => {
    const target = event.target.closest?.("[data-material], [data-upload]");
    return target?.querySelector("[data-file]") && event.dataTransfer?.types.includes("Files") ? target : null;
  };
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // a file dropped beside an item must not replace the page
    const target = droppable(event);
    document.querySelectorAll(".is-drop").forEach((part) => part !== target && part.classList.remove("is-drop"));
    target?.classList.add("is-drop");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.querySelectorAll(".is-drop").forEach((part) => part.classList.remove("is-drop"));
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.querySelectorAll(".is-drop").forEach((part) => part.classList.remove("is-drop"));
    const target = droppable(event);
    if (target) take(target, event.dataTransfer.files);
  });

  // -- shown in the page ---------------------------------------------------------------------------

  function frame(address, kind, title) {
    const part = document.createElement(kind === "image" ? "img" : "iframe");
    part.src = kind === "image" ? address : `${address}#toolbar=0&navpanes=0&view=FitH`;
    if (kind === "image") part.alt = title;
    else part.title = title;
    return part;
  }

  function view(shown) {
    const viewer = document.getElementById("viewer");
    viewer.querySelector("[data-title]").textContent = shown.dataset.title;
    viewer.querySelector("[data-download]").href = shown.href;
    viewer.querySelector("[data-body]").replaceChildren(frame(shown.dataset.view, shown.dataset.kind, shown.dataset.title));
    viewer.showModal();
    viewer.addEventListener("close", () => viewer.querySelector("[data-body]").replaceChildren(), { once: true });
  }

  // A browser's viewer of PDFs takes the focus once it has loaded, in the middle of a word that
  // somebody writes, and then no key of the page works. Whoever did not go there stays where they were.
  let last = null;
  let tabbed = 0;
  document.addEventListener("focusin", (event) => { if (event.target.tagName !== "IFRAME") last = event.target; });
  document.addEventListener("keydown", (event) => { if (event.key === "Tab") tabbed = Date.now(); }, true);
  window.addEventListener("blur", () => {
    const taken = document.activeElement;
    if (taken?.tagName !== "IFRAME" || taken.matches(":hover") || Date.now() - tabbed < 200) return;
    setTimeout(() => {
      taken.blur();
      window.focus();
      if (last?.isConnected) last.focus({ preventScroll: true });
    });
  });

  window.filesView = { frame };
})();
