// The process in six tiles.

import { h, setText, setAttribute } from "../dom.js";
import * as format from "../format.js";
import { drawSparkline, sparkline } from "./sparkline.js";

const pools = [["models", "Models", "run"], ["tensorPool", "Tensors", "in"], ["heap", "Managed heap", "queue"], ["other", "Other", "send"]];

export function healthStrip() {
  const requests = tile("Requests", true);
  const processor = tile("Processor", true);
  const memory = tile("Memory", false);
  const lanes = tile("Lanes", false);
  const collector = tile("Garbage collection", true);
  const pool = tile("Thread pool", false);
  const bar = h("div", { class: "stack", "aria-hidden": "true" });
  const legend = h("dl", { class: "legend" });
  const segments = pools.map(([, title, tone]) => {
    const value = h("dd", { class: "num" });
    const part = h("i", { style: { background: `var(--stage-${tone})` } });
    bar.append(part);
    legend.append(h("div", {}, h("i", { "aria-hidden": "true", style: { background: `var(--stage-${tone})` } }), h("dt", { text: title }), value));
    return { part, value };
  });
  memory.body.append(bar, legend);
  const laneBars = h("div", { class: "lane-bars", role: "list" });
  lanes.body.append(laneBars);
  const notices = h("ul", { class: "notices" });
  const history = { rate: [], errorRate: [], processors: [], pauseTime: [] };

  function update(view) {
    const { system } = view;
    if (view.history) {
      Object.assign(history, view.history);
    } else if (view.closesColumn) {
      for (const key of Object.keys(history)) {
        if (system[key] !== undefined && Array.isArray(history[key])) {
          history[key] = [...history[key].slice(1), system[key]];
        }
      }
    }

    requests.set(format.rate(system.rate), "/s");
    requests.note(system.errorRate > 0 ? `${format.rate(system.errorRate)} errors/s` : "no errors", system.errorRate > 0 ? "bad" : "");
    processor.set(format.number(system.processors), `of ${system.processorCount} ${system.processorCount === 1 ? "core" : "cores"}`);
    const busy = system.lanes.length ? system.lanes.reduce((sum, lane) => sum + lane.busy, 0) / system.lanes.length : 0;
    processor.note(`up ${format.age(system.uptime)}`);
    showMemory(system.memory);
    lanes.set(format.percent(busy * 100), "busy");
    showLanes(system.lanes);
    collector.set(format.number(system.pauseTime), "ms/s paused");
    collector.note(`gen 0: ${format.count(system.collections[0])} · 1: ${format.count(system.collections[1])} · 2: ${format.count(system.collections[2])}`);
    pool.set(format.count(system.poolThreads), "threads");
    pool.note(system.poolQueue > 0 ? `${format.count(system.poolQueue)} ${system.poolQueue === 1 ? "item waits" : "items wait"}` : "nothing waits", system.poolQueue > 100 ? "warn" : "");
    draw();
    setAttribute(notices, "hidden", system.notices.length ? null : true);
    if (notices.dataset.text !== system.notices.join("\n")) {
      notices.dataset.text = system.notices.join("\n");
      notices.replaceChildren(...system.notices.map(text => h("li", { text })));
    }
  }

  function draw() {
    drawSparkline(requests.spark, history.rate, { top: 1 });
    drawSparkline(processor.spark, history.processors, { top: 0.5 });
    drawSparkline(collector.spark, history.pauseTime, { top: 5, tone: "stage-queue" });
  }

  function showMemory(view) {
    const [value, unit] = format.bytesParts(view.resident);
    memory.set(value, `${unit} resident`);
    const other = Math.max(0, view.resident - view.models - view.tensorPool - view.heap);
    const parts = { ...view, other };
    const total = Math.max(1, view.models + view.tensorPool + view.heap + other);
    pools.forEach(([key, title], i) => {
      segments[i].part.style.setProperty("flex-grow", parts[key] / total);
      setText(segments[i].value, format.bytes(parts[key]));
      setAttribute(segments[i].value.parentNode, "title", describeBudget(title, key, view));
    });
  }

  function showLanes(all) {
    while (laneBars.childElementCount < all.length) {
      laneBars.append(h("span", { role: "listitem" }, h("i")));
    }

    while (laneBars.childElementCount > all.length) {
      laneBars.lastChild.remove();
    }

    all.forEach((lane, i) => {
      const node = laneBars.children[i];
      const text = `${lane.device} ${lane.name}: ${format.percent(lane.busy * 100)} busy`;
      setAttribute(node, "title", lane.model ? `${text}, runs ${lane.model}` : text);
      setAttribute(node, "aria-label", text);
      node.firstChild.style.setProperty("height", `${Math.max(2, lane.busy * 100)}%`);
    });
  }

  const node = h("section", { "aria-label": "System health" },
    h("div", { class: "tiles" }, [requests, processor, memory, lanes, collector, pool].map(part => part.node)), notices);
  return { node, update, draw };
}

function describeBudget(title, key, view) {
  return key === "models" ? (view.modelBudget ? `${title}: budget ${format.bytes(view.modelBudget)}` : `${title}: no budget`)
    : key === "tensorPool" ? `${title}: ${format.bytes(view.tensors)} in use, budget ${format.bytes(view.tensorBudget)}` : title;
}

function tile(title, hasSpark) {
  const value = h("span", { class: "num", text: "–" });
  const unit = h("span", { class: "unit" });
  const note = h("p", { class: "note num" });
  const spark = hasSpark ? sparkline("spark wide") : null;
  const body = h("div", { class: "tile-body" });
  return {
    node: h("div", { class: "tile", role: "group", "aria-label": title }, h("h2", { text: title }), h("p", { class: "value" }, value, " ", unit), body, note, spark),
    body,
    spark,
    set(text, unitText) {
      setText(value, text);
      setText(unit, unitText);
    },
    note(text, tone = "") {
      setText(note, text);
      setAttribute(note, "class", `note num ${tone}`);
    },
  };
}
