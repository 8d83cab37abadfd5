// Draws each chart from the table that stands beside it; without this script the table remains.
"use strict";

(() => {
  const DARK = document.body.dataset.charts === "dark";
  const BLUE = DARK ? "#5b9bf0" : "#1b58b8";
  const COLOURS = DARK
    ? [BLUE, "#4fc28f", "#f0b14a", "#b794e6", "#4fc3d6", "#e8867e", "#9fb2cc", "#c4d05f", "#8fa5f5", "#d99a6c"]
    : [BLUE, "#3f8f6b", "#c98a1b", "#8a5fb4", "#2f9bb3", "#b8574f", "#6d7f99", "#9aa53a", "#5a73c9", "#a66a3c"];
  const LINES = DARK ? { axis: "#3a5072", split: "#22344f" } : { axis: "#cdd5e0", split: "#edf0f4" };
  const TEXT = { color: DARK ? "#c3d1e6" : "#46546a", fontFamily: getComputedStyle(document.body).fontFamily, fontSize: DARK ? 15 : 12 };

  const MOST = { one: 14, several: 30 }; // groups that one picture has room for

  function read(section) {
    return [...section.querySelectorAll("tbody tr[data-value]:not([data-left-out])")].map((row) => ({
      name: row.cells[0].textContent.trim(),
      value: Number(row.dataset.value),
      href: Number(row.dataset.value) ? row.dataset.href || row.querySelector("a")?.href : "",
    }));
  }

  // A table of figures: one series for each drawn column. Of periods the latest are drawn, without what has none.
  function readFigures(section, kind, latest) {
    const titles = [...section.querySelectorAll("thead [data-series]")].map((head) => head.dataset.series);
    const all = [...section.querySelectorAll("tbody tr[data-figures]")].filter((line) => !latest || line.cells[0].textContent.trim() !== "（空）");
    const most = titles.length > 1 || kind === "line" ? MOST.several : MOST.one;
    const lines = latest ? all.slice(-most) : all.slice(0, most);
    const note = section.querySelector("[data-drawn]");
    if (note && lines.length < all.length) note.textContent = `图中是${latest ? "最近" : "前"} ${most} 行。`;
    return titles.map((title, place) => ({
      title,
      rows: lines.map((line) => {
        const cell = line.querySelectorAll("td[data-value]")[place];
        return { name: line.cells[0].textContent.trim(), value: Number(cell.dataset.value), href: cell.querySelector("a")?.href };
      }),
    }));
  }

  function axes(names, kind) {
    return {
      grid: { left: 8, right: 16, top: 24, bottom: 4, containLabel: true },
      xAxis: {
        type: "category", data: names, axisLabel: { ...TEXT, interval: names.length > 14 ? "auto" : 0, hideOverlap: true },
        axisTick: { show: false }, axisLine: { lineStyle: { color: LINES.axis } }, boundaryGap: kind === "bar",
      },
      yAxis: { type: "value", minInterval: 1, axisLabel: TEXT, splitLine: { lineStyle: { color: LINES.split } } },
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

  // Names that do not fit side by side are broken into lines rather than left out.
  function labels(names, width) {
    const room = Math.floor((width - 70) / names.length) - 4;
    if (room < 40) return {};
    return { interval: 0, hideOverlap: false, width: room, overflow: "break", lineHeight: 15 };
  }

  // Several series beside or upon each other, told apart by a legend.
  function several(kind, series, stacked, width) {
    const names = series[0].rows.map((row) => row.name);
    const look = kind === "line"
      ? { type: "line", symbolSize: 6, lineStyle: { width: 2 } }
      : { type: "bar", barMaxWidth: 30, ...(stacked ? { stack: "all" } : {}) };
    const base = option(kind, series[0].rows, series[0].title);
    const { xAxis, yAxis } = axes(names, kind);
    if (kind === "bar") Object.assign(xAxis.axisLabel, labels(names, width));
    return {
      ...base,
      xAxis,
      yAxis,
      grid: { left: 8, right: 16, top: 40, bottom: 4, containLabel: true },
      legend: { type: "scroll", top: 4, left: 8, right: 8, textStyle: TEXT },
      series: series.map((one) => ({ ...look, name: one.title, data: one.rows.map((row) => row.value) })),
    };
  }

  function draw(box, series, moving = true) {
    const chart = window.echarts.init(box, null, { renderer: "canvas" });
    const { chart: kind, measure } = box.dataset;
    const picture = series.length > 1 ? several(kind, series, "stack" in box.dataset, box.clientWidth) : option(kind, series[0].rows, measure);
    chart.setOption(moving ? picture : { ...picture, animation: false });
    chart.on("click", (event) => {
      const { href } = series[event.seriesIndex]?.rows[event.dataIndex] || {};
      if (href) window.location.assign(href);
    });
    return chart;
  }

  function beside(box, moving) {
    const series = readFigures(box.closest("section"), box.dataset.chart, "latest" in box.dataset);
    if (!series.length || !series[0].rows.length) return;
    box.hidden = false;
    draw(box, series, moving);
  }

  // The picture takes the table's place; where there is a button, it brings the table back.
  function instead(box, moving) {
    const section = box.closest("section");
    const rows = read(section).filter((row) => box.dataset.chart !== "line" || row.name !== "（空）");
    if (!rows.length) return;
    const table = section.querySelector(".chart-table");
    const button = section.querySelector(".chart-switch");
    box.hidden = false;
    if (button) {
      table.hidden = true;
      button.hidden = false;
    } else {
      table.classList.add("visually-hidden");
      table.removeAttribute("tabindex");
    }
    const chart = draw(box, [{ title: box.dataset.measure, rows }], moving);
    if (!button) return;
    button.addEventListener("click", () => {
      table.hidden = !table.hidden;
      box.hidden = !table.hidden;
      button.setAttribute("aria-pressed", String(!table.hidden));
      button.textContent = table.hidden ? "表格" : "图形";
      if (!box.hidden) chart.resize();
    });
  }

  const boxes = (within) => [...within.querySelectorAll("[data-chart]")];
  const drawn = (box) => window.echarts.getInstanceByDom(box);

  window.charts = {
    draw: (within, moving = true) => boxes(within).forEach((box) => ("beside" in box.dataset ? beside : instead)(box, moving)),
    clear: (within) => boxes(within).forEach((box) => drawn(box)?.dispose()),
  };
  window.addEventListener("resize", () => boxes(document).forEach((box) => drawn(box)?.resize()));
  window.charts.draw(document);
})();
