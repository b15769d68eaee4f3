// What ran on which lane within the last seconds: where models get into each other's way, it is seen here.

import { h, setAttribute, setText } from "../dom.js";
import { openFeed } from "../feed.js";
import * as format from "../format.js";
import { color, onThemeChange } from "../theme.js";
import { showAlerts } from "../parts/alerts.js";
import { modelLink, modelName } from "../parts/models.js";
import { prepare } from "../parts/sparkline.js";

const spans = [2, 5, 10];

// News come once a second; drawn a little later, they are all there when their moment comes.
const delay = 1.3;

// Lanes of two devices may have the same name.
const keyOf = (device, name) => `${device} ${name}`;

// Twelve hues of one weight, for light and for dark; models take them in the order in which they appear.
const hues = [265, 35, 165, 340, 210, 85, 300, 15, 190, 125, 240, 55];

export function lanesPage(main, _, { refused }) {
  const runs = [];
  const tones = new Map();
  let lanes = [];
  let offset = null;
  let span = 10;
  let isPaused = false;
  let pausedAt = 0;
  let frame = 0;
  let layout = null;

  const canvas = h("canvas", { class: "timeline", role: "img", "aria-label": "Runs on lanes over the last seconds" });
  const tip = h("div", { class: "tip num", hidden: true });
  const place = h("div", { class: "heat-place" }, canvas, tip);
  const legend = h("ul", { class: "model-legend" });
  const note = h("p", { class: "muted", role: "status" });
  const pause = h("button", { class: "button", type: "button", "aria-pressed": "false", text: "Pause", onclick: togglePause });
  const segments = spans.map(seconds => h("button", { type: "button", "aria-pressed": String(seconds === span), text: `${seconds} s`, onclick: () => {
    span = seconds;
    segments.forEach((button, i) => setAttribute(button, "aria-pressed", String(spans[i] === span)));
    draw();
  } }));
  const shares = h("tbody");
  const shareTable = h("table", { class: "plain shares" }, h("caption", { class: "sr", text: "Lanes and what they did in the last ten seconds" }),
    h("thead", {}, h("tr", {}, ["Lane", "Busy", "Runs /s", "Rows a run", "Mean run", "Mostly"].map((text, i) => h("th", { scope: "col", class: i > 0 && i < 5 ? "right" : null, text })))), shares);

  main.append(
    h("div", { class: "head" }, h("div", { class: "head-row" },
      h("div", { class: "title" }, h("h1", { text: "Lanes" }), h("span", { class: "muted", text: "what ran where, and beside what" })),
      h("div", { class: "actions" }, h("div", { class: "segments", role: "group", "aria-label": "How many seconds" }, segments), pause)), note),
    h("section", { class: "panel card", "aria-label": "Timeline" }, legend, place),
    h("section", { class: "panel card", "aria-label": "Lanes in numbers" }, h("header", {}, h("h2", { text: "In numbers" }), h("p", { text: "over the last ten seconds" })), shareTable));

  canvas.addEventListener("pointermove", showTip);
  canvas.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  const resize = new ResizeObserver(draw);
  resize.observe(place);
  const stopTheme = onThemeChange(() => {
    showLegend();
    draw();
  });
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");
  openFeed("api/feed/lanes", { lanes: update, refused });
  animate();

  function update(view) {
    const now = performance.now() / 1000;
    const serverOffset = view.system.time - now;

    // Clocks drift and news are late by turns: the offset follows slowly, so that nothing jumps.
    offset = offset === null || Math.abs(serverOffset - offset) > 0.5 ? serverOffset : offset + (serverOffset - offset) * 0.1;
    lanes = view.system.lanes;
    showAlerts(view.alerts);
    canvas.style.setProperty("height", `${Math.max(8, lanes.length * 2.6 + 2.4)}rem`);
    for (const run of view.runs) {
      if (!tones.has(run.model)) {
        tones.set(run.model, hues[tones.size % hues.length]);
      }

      runs.push(run);
    }

    const oldest = view.system.time - 14;
    while (!isPaused && runs.length > 0 && runs[0].end < oldest) {
      runs.shift();
    }

    setText(note, view.leftOut > 0 ? `${format.count(view.leftOut)} runs of the last second are left out: there were too many to show.` : "");
    if (!isPaused) {
      showShares(view.system.time);
      showLegend();
    }

    if (stillness.matches) {
      draw();
    }
  }

  function animate() {
    if (!stillness.matches && !isPaused) {
      draw();
    }

    frame = requestAnimationFrame(animate);
  }

  const present = () => isPaused ? pausedAt : performance.now() / 1000 + (offset ?? 0) - delay;

  function draw() {
    const { width, height, context } = prepare(canvas);
    if (!context || lanes.length === 0) {
      return;
    }

    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const isOneDevice = lanes.every(lane => lane.device === lanes[0].device);
    const area = { left: (isOneDevice ? 9.5 : 13.5) * unit, right: width - 4, top: 4, bottom: height - 1.8 * unit };
    const row = (area.bottom - area.top) / lanes.length;
    const end = present();
    const start = end - span;
    const x = time => area.left + (time - start) / span * (area.right - area.left);
    layout = { area, row, start, end };
    context.font = `${0.86 * unit}px ${color("sans")}`;
    context.textBaseline = "middle";
    lanes.forEach((lane, i) => {
      const y = area.top + i * row;
      context.fillStyle = color("surface-2");
      context.fillRect(area.left, y + row * 0.12, area.right - area.left, row * 0.76);
      context.fillStyle = color("text");
      context.textAlign = "left";
      context.fillText(isOneDevice ? lane.name : keyOf(lane.device, lane.name), 2, y + row / 2);
      context.fillStyle = color("text-3");
      context.textAlign = "right";
      context.fillText(format.wholePercent(lane.busy * 100), area.left - 12, y + row / 2);
    });
    drawSeconds(context, area, start, end, x, unit);
    const index = new Map(lanes.map((lane, i) => [keyOf(lane.device, lane.name), i]));
    for (const run of runs) {
      const i = index.get(keyOf(run.device, run.lane));
      if (i === undefined || run.end < start || run.start > end) {
        continue;
      }

      const [from, to] = [Math.max(area.left, x(run.start)), Math.min(area.right, x(run.end))];
      const y = area.top + i * row;
      context.fillStyle = tone(run.model, Math.max(0.25, Math.min(1, run.busy / Math.max(1e-6, run.end - run.start))));
      context.fillRect(from, y + row * 0.12, Math.max(1, to - from), row * 0.76);
      if (run.failures > 0) {
        context.fillStyle = color("bad");
        context.fillRect(from, y + row * 0.12, Math.max(2, to - from), 3);
      }
    }
  }

  function drawSeconds(context, area, start, end, x, unit) {
    context.strokeStyle = color("line-strong");
    context.fillStyle = color("text-3");
    context.textAlign = "center";
    context.lineWidth = 1;
    for (let second = Math.ceil(start); second <= end; second++) {
      const at = Math.round(x(second)) + 0.5;
      context.globalAlpha = 0.55;
      context.beginPath();
      context.moveTo(at, area.top);
      context.lineTo(at, area.bottom);
      context.stroke();
      context.globalAlpha = 1;
      if (at > area.left + 2 * unit && at < area.right - 2 * unit) {
        context.fillText(format.clock(second), at, area.bottom + unit);
      }
    }
  }

  const tone = (model, strength) => `hsl(${tones.get(model)} ${document.documentElement.dataset.theme === "dark" ? "62% 66%" : "58% 50%"} / ${strength})`;

  function showLegend() {
    const busy = new Map();
    runs.forEach(run => busy.set(run.model, (busy.get(run.model) ?? 0) + run.busy));
    const entries = [...busy].sort((one, other) => tones.get(one[0]) === tones.get(other[0]) ? 0 : [...tones.keys()].indexOf(one[0]) - [...tones.keys()].indexOf(other[0]));
    const key = JSON.stringify([entries.map(entry => entry[0]), document.documentElement.dataset.theme]);
    if (legend.dataset.key !== key) {
      legend.dataset.key = key;
      legend.replaceChildren(...(entries.length === 0 ? [h("li", { class: "muted", text: "Nothing has run in the last seconds." })] : entries.slice(0, 24).map(([model]) => h("li", {},
        h("i", { "aria-hidden": "true", style: { background: tone(model, 1) } }),
        modelLink(model)))));
    }
  }

  function showShares(now) {
    const since = now - 10;
    while (shares.childElementCount < lanes.length) {
      shares.append(h("tr", {}, h("th", { scope: "row" }), ...[1, 2, 3, 4].map(() => h("td", { class: "num right" })), h("td")));
    }

    while (shares.childElementCount > lanes.length) {
      shares.lastChild.remove();
    }

    lanes.forEach((lane, i) => {
      const own = runs.filter(run => run.device === lane.device && run.lane === lane.name && run.end >= since);
      const total = own.reduce((sum, run) => ({ runs: sum.runs + run.runs, rows: sum.rows + run.rows, busy: sum.busy + run.busy }), { runs: 0, rows: 0, busy: 0 });
      const byModel = new Map();
      own.forEach(run => byModel.set(run.model, (byModel.get(run.model) ?? 0) + run.busy));
      const most = [...byModel].sort((one, other) => other[1] - one[1]).slice(0, 3).map(([model, time]) => `${modelName(model)} ${format.wholePercent(100 * time / total.busy)}`);
      const cells = shares.children[i].children;
      setText(cells[0], `${lane.name} · ${lane.device}`);
      setText(cells[1], format.percent(lane.busy * 100));
      setText(cells[2], format.rate(total.runs / 10));
      setText(cells[3], total.runs > 0 ? format.number(total.rows / total.runs) : "–");
      setText(cells[4], total.runs > 0 ? format.duration(1000 * total.busy / total.runs) : "–");
      setText(cells[5], most.join(", ") || "–");
    });
    shareTable.hidden = lanes.length === 0;
  }

  function togglePause() {
    pausedAt = present();
    isPaused = !isPaused;
    setText(pause, isPaused ? "Go on" : "Pause");
    setAttribute(pause, "aria-pressed", String(isPaused));
    draw();
  }

  function showTip(event) {
    if (!layout) {
      return;
    }

    const { area, row, start, end } = layout;
    const lane = lanes[Math.floor((event.offsetY - area.top) / row)];
    const time = start + (event.offsetX - area.left) / (area.right - area.left) * (end - start);
    const near = 2 * (end - start) / (area.right - area.left);
    const run = runs.find(one => one.device === lane?.device && one.lane === lane?.name && one.start - near <= time && one.end + near >= time);
    tip.hidden = !run;
    if (run) {
      const one = run.runs === 1;
      setText(tip, `${run.model} · ${one ? format.duration(1000 * (run.end - run.start)) : `${run.runs} runs, mean ${format.duration(1000 * run.busy / run.runs)}`} · ${run.rows} ${run.rows === 1 ? "row" : "rows"} · ${format.clockWithMilliseconds(run.start)}${run.failures > 0 ? ` · ${run.failures} failed` : ""}`);
      tip.style.setProperty("left", `${Math.max(4, Math.min(event.offsetX + 14, canvas.clientWidth - tip.offsetWidth - 8))}px`);
      tip.style.setProperty("top", `${Math.max(4, event.offsetY - tip.offsetHeight - 10)}px`);
    }
  }

  return () => {
    cancelAnimationFrame(frame);
    resize.disconnect();
    stopTheme();
  };
}
