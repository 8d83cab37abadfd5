// Renews the figures of a dashboard; what somebody is reading by keys or as a table is left alone.
"use strict";

(() => {
  const board = document.querySelector("[data-refresh]");
  if (!board) return;
  const wall = "wall" in board.dataset;
  const at = document.querySelector("[data-board-at]");
  const clock = document.querySelector("[data-clock]");
  const zone = Number(board.dataset.offset) * 60000; // of the office, wherever the display hangs
  const here = () => new Date(Date.now() + zone);
  const two = (number) => String(number).padStart(2, "0");
  const time = (now) => `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`;
  let last = at.textContent.replace(/^\D+/, "");

  const busy = () => document.hidden || (!wall && (board.contains(document.activeElement) || board.querySelector(".chart-switch[aria-pressed=true]")));

  function stale(words) {
    at.textContent = `${words}，以下是 ${last} 的数据`;
    at.classList.add("stale");
  }

  async function renew() {
    if (busy()) return;
    try {
      // A page that renews itself is no sign of a person; a display of people who can only look stays signed in.
      const headers = wall && "keeps" in board.dataset ? {} : { "X-Background": "1" };
      const answer = await fetch(board.dataset.source, { headers, redirect: "manual", credentials: "same-origin" });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) {
        stale("登录已过期，请重新登录");
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (busy()) return;
      window.charts.clear(board);
      board.innerHTML = text;
      window.charts.draw(board, false);
      const now = here();
      last = `${time(now)}:${two(now.getUTCSeconds())}`;
      at.textContent = `数据时间 ${last}`;
      at.classList.remove("stale");
    } catch {
      stale("暂时连不上服务器");
    }
  }

  function tick() {
    const now = here();
    const day = "日一二三四五六"[now.getUTCDay()];
    clock.textContent = `${now.getUTCFullYear()}-${two(now.getUTCMonth() + 1)}-${two(now.getUTCDate())} 星期${day} ${time(now)}`;
  }

  window.setInterval(renew, Number(board.dataset.refresh) * 1000);
  document.addEventListener("board:renew", renew);
  if (clock) {
    tick();
    window.setInterval(tick, 1000);
  }
  const full = document.querySelector("[data-full]");
  if (full && document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
    document.addEventListener("fullscreenchange", () => { full.hidden = Boolean(document.fullscreenElement); });
  }
})();
