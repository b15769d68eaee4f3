// How latency was spread, second by second: a column is some seconds, a row a range of latency, its colour a share of requests.

import { h, setText } from "../dom.js";
import * as format from "../format.js";
import { color, onThemeChange } from "../theme.js";
import { prepare } from "./sparkline.js";

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

export function heatmap(columnCount) {
  const canvas = h("canvas", { class: "heatmap", role: "img", "aria-label": "Latency over time" });
  const tip = h("div", { class: "tip num", hidden: true });
  const node = h("div", { class: "heat-place" }, canvas, tip);
  let state = { columns: [], bounds: [], last: 0, time: 0, length: 5 };
  let layout = null;
  const stopTheme = onThemeChange(draw);
  const resize = new ResizeObserver(draw);
  resize.observe(node);
  canvas.addEventListener("pointermove", showTip);
  canvas.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });

  /** `columns`: those that have something, by number; `last`: the present number; `time`: when that ends. */
  function set(next) {
    state = next;
    draw();
    const now = state.columns[state.columns.length - 1];
    canvas.setAttribute("aria-label", now?.p50 === undefined ? "Latency over the last ten minutes; no requests at the moment." : `Latency over the last ten minutes; now the median is ${format.duration(now.p50)}, and 99 of 100 requests stay within ${format.duration(now.p99)}.`);
  }

  function draw() {
    const { width, height, context } = prepare(canvas);
    if (!context) {
      return;
    }

    const unit = rem();
    const area = { left: 4.7 * unit, top: 8, right: width - 8, bottom: height - 1.75 * unit };
    context.font = `${0.78 * unit}px ${color("sans")}`;
    context.fillStyle = color("text-3");
    const rows = findRows();
    if (!rows) {
      layout = null;
      context.textAlign = "center";
      context.fillText("No requests in the last ten minutes.", width / 2, height / 2);
      return;
    }

    layout = { area, ...rows, cell: (area.right - area.left) / columnCount, step: (area.bottom - area.top) / (rows.high - rows.low + 1) };
    drawAxes(context);
    const [cell, step] = [layout.cell, layout.step];
    for (const column of state.columns) {
      const x = xOf(column.number);
      const total = sum(column.heat);
      for (let i = 0; i < (column.heat?.length ?? 0); i += 2) {
        // The square root lifts the few above the none: a tail of one in a hundred is what this is looked at for.
        const share = Math.sqrt(column.heat[i + 1] / total);
        context.fillStyle = `rgb(${color("heat")} / ${12 + 88 * share}%)`;
        context.fillRect(x, yOf(column.heat[i]) - step, Math.max(1, cell - (cell > 4 ? 1 : 0)), Math.max(1, step - (step > 5 ? 1 : 0)));
      }
    }

    drawLine(context, "p99", color("bad"));
    drawLine(context, "p50", color("text"));
  }

  function drawAxes(context) {
    const { area, low, high } = layout;
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.strokeStyle = color("line");
    context.lineWidth = 1;
    for (const value of [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000, 100000].flatMap(decade => [decade, decade * 2, decade * 5])) {
      const y = yOfValue(value);
      const isDecade = Math.abs(Math.log10(value) % 1) < 1e-9;
      if (y < area.top - 1 || y > area.bottom + 1 || (!isDecade && high - low > 22)) {
        continue;
      }

      context.beginPath();
      context.moveTo(area.left, Math.round(y) + 0.5);
      context.lineTo(area.right, Math.round(y) + 0.5);
      context.stroke();
      context.fillText(format.duration(value).replace(/\.0+(?= )/, ""), area.left - 8, y);
    }

    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    for (let minutes = 10; minutes > 0; minutes -= 2) {
      const x = area.right - minutes * 60 / state.length * layout.cell;
      context.textAlign = minutes === 10 ? "left" : "center";
      context.fillText(`−${minutes} min`, x, area.bottom + 1.25 * rem());
    }

    context.textAlign = "right";
    context.fillText("now", area.right, area.bottom + 1.25 * rem());
  }

  function drawLine(context, key, stroke) {
    context.beginPath();
    let before = -2;
    for (const column of state.columns) {
      if (column[key] !== undefined) {
        const [x, y] = [xOf(column.number) + layout.cell / 2, yOfValue(column[key])];
        if (column.number === before + 1) {
          context.lineTo(x, y);
        } else {
          context.moveTo(x, y);
        }

        before = column.number;
      }
    }

    context.strokeStyle = stroke;
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    context.stroke();
  }

  function findRows() {
    let [low, high] = [Infinity, -Infinity];
    for (const column of state.columns) {
      for (let i = 0; i < (column.heat?.length ?? 0); i += 2) {
        low = Math.min(low, column.heat[i]);
        high = Math.max(high, column.heat[i]);
      }
    }

    if (low > high) {
      return null;
    }

    // At least a decade, so that a steady model does not look like a storm.
    while (high - low < 11) {
      low = Math.max(0, low - 1);
      high = high - low < 11 ? Math.min(high + 1, state.bounds.length) : high;
    }

    return { low: Math.max(0, low - 1), high };
  }

  const xOf = number => layout.area.right - (state.last - number + 1) * layout.cell;
  const yOf = row => layout.area.bottom - (row - layout.low) * layout.step;

  function yOfValue(value) {
    const { bounds } = state;
    let row = bounds.findIndex(bound => bound >= value);
    if (row < 0) {
      row = bounds.length;
    }

    const [from, to] = [row > 0 ? bounds[row - 1] : 0, bounds[row] ?? value];
    return yOf(row) - (to > from ? (value - from) / (to - from) : 1) * layout.step;
  }

  function showTip(event) {
    if (!layout) {
      return;
    }

    const [x, y] = [event.offsetX, event.offsetY];
    const number = state.last - Math.floor((layout.area.right - x) / layout.cell);
    const row = layout.low + Math.floor((layout.area.bottom - y) / layout.step);
    const column = state.columns.find(one => one.number === number);
    tip.hidden = !column?.heat || x < layout.area.left || y > layout.area.bottom;
    if (!tip.hidden) {
      const at = column.heat.findIndex((value, i) => i % 2 === 0 && value === row);
      const part = at < 0 ? 0 : column.heat[at + 1];
      const range = row < state.bounds.length ? `${row > 0 ? format.duration(state.bounds[row - 1]) : "0"} to ${format.duration(state.bounds[row])}` : `over ${format.duration(state.bounds[row - 1])}`;
      setText(tip, `${range}: ${format.count(part)} of ${format.count(sum(column.heat))} requests · p50 ${format.duration(column.p50)} · p99 ${format.duration(column.p99)} · ${format.clock(state.time - (state.last - number) * state.length)}`);
      tip.style.setProperty("left", `${Math.min(x + 14, canvas.clientWidth - tip.offsetWidth - 8)}px`);
      tip.style.setProperty("top", `${Math.max(4, y - tip.offsetHeight - 10)}px`);
    }
  }

  return {
    node,
    set,
    dispose() {
      resize.disconnect();
      stopTheme();
    },
  };
}

const sum = heat => (heat ?? []).reduce((total, value, i) => i % 2 === 1 ? total + value : total, 0);
