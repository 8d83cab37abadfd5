// Sign-in, registration and a forgotten password: codes by SMS, peeking at a password, demonstration accounts.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.peek) peek(button);
  if (button.dataset.code) ask(button);
  if (button.dataset.username) fill(button);
});

function peek(button) {
  const input = document.getElementById(button.dataset.peek);
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.textContent = shown ? "显示" : "隐藏";
  button.setAttribute("aria-pressed", String(!shown));
}

function fill(button) {
  document.getElementById("username").value = button.dataset.username;
  document.getElementById("password").value = button.dataset.password;
  document.querySelector("#sign-in button.door-go").focus();
}

async function ask(button) {
  const phone = document.getElementById(button.dataset.phone);
  if (!/^1[3-9]\d{9}$/.test(phone.value.trim())) {
    say("请先填写 11 位手机号码", "error");
    phone.focus();
    return;
  }
  button.disabled = true;
  const form = new FormData();
  form.set("phone", phone.value.trim());
  form.set("csrf_token", document.querySelector("meta[name=csrf-token]").content);
  let wait = 0;
  try {
    const answer = await fetch(button.dataset.code, {
      method: "POST", body: form, headers: { Accept: "application/json", "X-Requested-With": "fetch" },
    });
    const said = await answer.json();
    wait = said.wait || 0;
    say(said.message, said.level || "error");
    if (answer.ok) document.getElementById("code").focus();
  } catch {
    say("网络不通，请稍后再试", "error");
  }
  count(button, wait);
}

function say(text, level) {
  const place = document.getElementById("code-said");
  place.textContent = text;
  place.dataset.level = level;
  place.hidden = false;
}

function count(button, seconds) {
  if (seconds <= 0) {
    button.disabled = false;
    button.textContent = "获取验证码";
    return;
  }
  button.textContent = `${seconds} 秒后可重发`;
  setTimeout(() => count(button, seconds - 1), 1000);
}

// The matrix of a role: find a function, see how much will change before saving.
const finder = document.getElementById("find-line");
finder?.addEventListener("input", () => {
  const text = finder.value.trim().toLowerCase();
  for (const body of document.querySelectorAll(".matrix tbody")) {
    let shown = 0;
    for (const row of body.querySelectorAll("tr[data-find]")) {
      row.hidden = !row.dataset.find.toLowerCase().includes(text);
      shown += row.hidden ? 0 : 1;
    }
    body.hidden = shown === 0;
  }
});
finder?.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});

const grants = document.getElementById("grants");
grants?.addEventListener("change", (event) => {
  // Whoever may do anything on a function must be able to open it.
  const [name, operation] = event.target.value.split(".");
  const view = grants.querySelector(`input[value="${name}.view"]`);
  if (view && event.target.checked && operation !== "view") view.checked = true;
  countGrants();
});

function countGrants() {
  let added = 0;
  let removed = 0;
  for (const box of grants.querySelectorAll("input[name=grant]")) {
    const changed = box.checked !== box.defaultChecked;
    box.closest("td, label").classList.toggle("is-changed", changed);
    if (changed && box.checked) added += 1;
    if (changed && !box.checked) removed += 1;
  }
  const said = document.getElementById("grant-said");
  said.textContent = added || removed ? `将新增 ${added} 项，收回 ${removed} 项` : "没有改动";
}

// Choosing an organisation by typing.
for (const box of document.querySelectorAll("[data-pick]")) {
  const input = box.querySelector("input[role=combobox]");
  const hidden = box.querySelector("input[type=hidden]");
  const list = box.querySelector("ul");
  let timer = 0;
  let at = -1;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  };
  const choose = (row) => {
    hidden.value = row.dataset.id;
    input.value = row.textContent;
    close();
  };
  const show = async () => {
    const answer = await fetch(`${box.dataset.pick}?q=${encodeURIComponent(input.value.trim())}`, {
      headers: { Accept: "application/json" },
    });
    const found = answer.ok ? (await answer.json()).rows : [];
    list.replaceChildren(...found.map((row) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.dataset.id = row.id;
      item.textContent = row.title;
      return item;
    }));
    at = -1;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    timer = setTimeout(show, 200);
  });
  input.addEventListener("keydown", (event) => {
    const rows = [...list.children];
    if (list.hidden || !rows.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      at = (at + (event.key === "ArrowDown" ? 1 : rows.length - 1) + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % rows.length;
      rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === at)));
      rows[at].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(rows[Math.max(at, 0)]);
    } else if (event.key === "Escape") close();
  });
  list.addEventListener("mousedown", (event) => {
    const row = event.target.closest("li");
    if (row) choose(row);
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
}
