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
