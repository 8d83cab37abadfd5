// Draws each chart from the table that stands beside it; without this script the table remains.
"use strict";

(() => {
  const BLUE = "#1b58b8";
  const COLOURS = [BLUE, "#3f8f6b", "#c98a1b", "#8a5fb4", "#2f9bb3", "#b8574f", "#6d7f99", "#9aa53a", "#5a73c9", "#a66a3c"];
  const TEXT = { color: "#46546a", fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };

  function read(section) {
    return [...section.querySelectorAll("tbody tr[data-value]:not([data-left-out])")].map((row) => ({
      name: row.cells[0].textContent.trim(),
      value: Number(row.dataset.value),
      href: row.querySelector("a")?.href,
    }));
  }

  function axes(names, kind) {
    return {
      grid: { left: 8, right: 16, top: 24, bottom: 4, containLabel: true },
      xAxis: {
        type: "category", data: names, axisLabel: { ...TEXT, interval: names.length > 14 ? "auto" : 0, hideOverlap: true },
        axisTick: { show: false }, axisLine: { lineStyle: { color: "#cdd5e0" } }, boundaryGap: kind === "bar",
      },
      yAxis: { type: "value", minInterval: 1, axisLabel: TEXT, splitLine: { lineStyle: { color: "#edf0f4" } } },
    };
  }

  // Long names are readable only beside their bars.
  function lying(names) {
    const upright = axes(names, "bar");
    return {
      grid: { ...upright.grid, top: 4 },
      xAxis: upright.yAxis,
      yAxis: { ...upright.xAxis, inverse: true, axisLabel: { ...TEXT, interval: 0, width: 130, overflow: "truncate" } },
    };
  }

  function option(kind, rows, measure) {
    const base = {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      color: COLOURS,
      textStyle: TEXT,
      tooltip: { renderMode: "richText", trigger: kind === "pie" ? "item" : "axis" },
    };
    if (kind === "pie") {
      return {
        ...base,
        legend: { type: "scroll", orient: "vertical", right: 0, top: "middle", textStyle: TEXT },
        series: [{ type: "pie", name: measure, radius: ["45%", "72%"], center: ["36%", "50%"], data: rows, label: { show: false } }],
      };
    }
    const series = kind === "line"
      ? { type: "line", symbolSize: 7, lineStyle: { width: 2 } }
      : { type: "bar", barMaxWidth: 30, itemStyle: { borderRadius: [3, 3, 0, 0] } };
    const names = rows.map((row) => row.name);
    const flat = kind === "bar" && (names.length > 8 || (names.length > 4 && names.some((name) => name.length > 5)));
    if (flat) series.itemStyle.borderRadius = [0, 3, 3, 0];
    return { ...base, ...(flat ? lying(names) : axes(names, kind)), series: [{ ...series, name: measure, data: rows.map((row) => row.value), color: BLUE }] };
  }

  document.querySelectorAll("[data-chart]").forEach((box) => {
    const section = box.closest("section");
    const rows = read(section).filter((row) => box.dataset.chart !== "line" || row.name !== "（空）");
    if (!rows.length) return;
    const table = section.querySelector(".chart-table");
    const button = section.querySelector(".chart-switch");
    box.hidden = false;
    table.hidden = true;
    button.hidden = false;
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(option(box.dataset.chart, rows, box.dataset.measure));
    chart.on("click", (event) => {
      const { href } = rows[event.dataIndex] || {};
      if (href) window.location.assign(href);
    });
    button.addEventListener("click", () => {
      table.hidden = !table.hidden;
      box.hidden = !table.hidden;
      button.setAttribute("aria-pressed", String(!table.hidden));
      button.textContent = table.hidden ? "表格" : "图形";
      if (!box.hidden) chart.resize();
    });
    window.addEventListener("resize", () => chart.resize());
  });
})();
