// Lines over time by uPlot, all with one look and one time under the pointer.

import uPlot from "../../lib/uplot/uPlot.esm.js";
import { h } from "../dom.js";
import { color, onThemeChange } from "../theme.js";

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const time = uPlot.fmtDate("{HH}:{mm}");

/**
 * Makes a chart. `series`: { label, tone, fill, values } of what is drawn, last on top; `format(value)` says a value with
 * its unit; `isStacked`: each is drawn on those before. `set(times, columns)` draws.
 */
export function timeChart({ name, series, format, height = 11, isStacked = false, top = 0, sync = "time" }) {
  const place = h("div", { class: "chart", role: "img", "aria-label": name, style: { height: `${height}rem` } });
  const values = series.map(() => h("dd", { class: "num", text: "–" }));
  const legend = h("dl", { class: "legend" }, series.map((one, i) => h("div", {}, h("i", { "aria-hidden": "true", style: { background: `var(--${one.tone})` } }), h("dt", { text: one.label }), values[i])));
  let chart = null;
  let shown = [[], ...series.map(() => [])];
  let raw = shown.slice(1);

  const resize = new ResizeObserver(() => chart ? chart.setSize(size()) : draw());
  resize.observe(place);
  const stopTheme = onThemeChange(() => {
    chart?.destroy();
    chart = null;
    draw();
  });

  function size() {
    return { width: Math.max(10, place.clientWidth), height: Math.max(10, place.clientHeight) };
  }

  function draw() {
    if (chart) {
      chart.setData(shown);
      return;
    }

    if (place.clientWidth === 0) {
      return;
    }

    const axis = { stroke: color("text-3"), font: `${0.78 * rem()}px ${color("sans")}`, grid: { stroke: color("line"), width: 1 }, ticks: { show: false }, gap: 6 };
    chart = new uPlot({
      ...size(),
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: sync, setSeries: false }, points: { show: !isStacked, size: 6 }, y: false, drag: { x: false, y: false } },
      scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(top, (high ?? 0) * 1.08) || 1] } },
      axes: [
        { ...axis, size: 1.75 * rem(), space: 6.5 * rem(), values: (_, splits) => splits.map(split => time(new Date(split * 1000))), grid: { show: false } },
        { ...axis, size: 4.7 * rem(), space: 2.6 * rem(), values: (_, splits) => splits.map(format) },
      ],
      series: [{}, ...series.map(one => ({
        label: one.label,
        stroke: color(one.tone),
        width: isStacked ? 0 : 1.5,
        fill: isStacked ? color(one.tone) : one.fill ? `${color(one.tone)}22` : undefined,
        points: { show: false },
        spanGaps: one.spanGaps ?? false,
      }))],
      bands: isStacked ? series.slice(0, -1).map((_, i) => ({ series: [i + 2, i + 1] })) : [],
      hooks: { setCursor: [plot => showValues(plot.cursor.idx)] },
    }, shown, place);
  }

  // Under the pointer, else the last.
  function showValues(index) {
    const at = index ?? raw[0].length - 1;
    values.forEach((node, i) => {
      const value = raw[i][at];
      const text = value === null || value === undefined ? "–" : format(value);
      if (node.textContent !== text) {
        node.textContent = text;
      }
    });
  }

  function set(times, columns) {
    raw = columns;
    shown = [times, ...(isStacked ? stack(columns) : columns)];
    draw();
    showValues(chart?.cursor.idx);
  }

  return {
    node: place,
    legend,
    set,
    dispose() {
      resize.disconnect();
      stopTheme();
      chart?.destroy();
    },
  };
}

function stack(columns) {
  const sums = columns[0].map(() => 0);
  return columns.map(column => column.map((value, i) => value === null ? null : (sums[i] += value)));
}

/** Runs of so many rows and the milliseconds they take, as points on lines. */
export function profileChart({ name, series, format }) {
  const place = h("div", { class: "chart", role: "img", "aria-label": name, style: { height: "17rem" } });
  let chart = null;
  let data = null;
  const stopTheme = onThemeChange(rebuild);
  const resize = new ResizeObserver(rebuild);
  resize.observe(place);

  function rebuild() {
    chart?.destroy();
    chart = null;
    if (data && place.clientWidth > 0) {
      const axis = { stroke: color("text-3"), font: `${0.78 * rem()}px ${color("sans")}`, grid: { stroke: color("line"), width: 1 }, ticks: { show: false }, gap: 6 };
      chart = new uPlot({
        width: place.clientWidth,
        height: place.clientHeight,
        padding: [8, 12, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false, range: (_, low, high) => [0, Math.max(2, high * 1.05)] }, y: { range: (_, low, high) => [0, (high || 1) * 1.1] } },
        axes: [{ ...axis, size: 1.75 * rem(), values: (_, splits) => splits.map(split => Number.isInteger(split) ? split : "") }, { ...axis, size: 4.7 * rem(), values: (_, splits) => splits.map(format) }],
        series: [{}, ...series.map(one => ({ label: one.label, stroke: color(one.tone), width: 1.5, spanGaps: true, paths: one.isPoints ? () => null : undefined, points: { show: true, size: 7, fill: color(one.isPoints ? "surface" : one.tone), stroke: color(one.tone), width: 1.5 } }))],
      }, data, place);
    }
  }

  return {
    node: place,
    set(next) {
      if (JSON.stringify(next) !== JSON.stringify(data)) {
        data = next;
        rebuild();
      }
    },
    dispose() {
      resize.disconnect();
      stopTheme();
      chart?.destroy();
    },
  };
}
