// GPUs, one to a line: what each does, what its memory holds, and for which models.

import { h, setAttribute, setText } from "../dom.js";
import * as format from "../format.js";
import { modelLink } from "./models.js";
import { drawSparkline, sparkline } from "./sparkline.js";

const shownModels = 3;

const heads = [["GPU", "gpu"], ["Utilisation", "busy"], ["Memory", "memory"], ["Power", "right"], ["Temperature", "right"], ["Lanes", "right"], ["Models", ""]];

/** The panel; there is none to see where there is no GPU. */
export function gpuPanel() {
  const body = h("tbody");
  const node = h("section", { class: "panel gpus", "aria-label": "GPUs", tabindex: "0", hidden: true },
    h("table", {}, h("caption", { class: "sr", text: "GPUs" }),
      h("thead", {}, h("tr", {}, heads.map(([text, className]) => h("th", { scope: "col", class: className, text })))), body));
  const rows = new Map();
  let utilization = {};

  function update(view) {
    const { gpus } = view.system;
    if (view.history) {
      ({ utilization } = view.history);
    } else if (view.closesColumn) {
      gpus.forEach(gpu => {
        if (utilization[gpu.device]) {
          utilization[gpu.device] = [...utilization[gpu.device].slice(1), gpu.utilization ?? null];
        }
      });
    }

    node.hidden = gpus.length === 0;
    for (const gpu of gpus) {
      if (!rows.has(gpu.device)) {
        const row = createRow();
        rows.set(gpu.device, row);
        body.append(row.node);
      }

      rows.get(gpu.device).update(gpu);
    }

    draw();
  }

  function draw() {
    rows.forEach((row, device) => row.draw(utilization[device] ?? []));
  }

  return { node, update, draw };
}

function createRow() {
  const name = h("span", { class: "name" });
  const device = h("span", { class: "version num" });
  const detail = h("span", { class: "detail" });
  const spark = sparkline();
  const busy = h("span", { class: "num" });
  const parts = ["run", "send"].map(tone => h("i", { style: { background: `var(--stage-${tone})` } }));
  const bar = h("div", { class: "stack", "aria-hidden": "true" }, parts, h("i", { class: "rest" }));
  const modelMemory = h("span", { class: "num" });
  const usedMemory = h("span", { class: "detail num" });
  const [power, powerLimit] = [h("span", { class: "num" }), h("span", { class: "detail num" })];
  const temperature = h("span", { class: "num" });
  const [lanes, laneCount] = [h("span", { class: "num" }), h("span", { class: "detail num" })];
  const models = h("ul");
  const node = h("tr", {},
    h("th", { scope: "row", class: "gpu" }, h("div", {}, h("span", { class: "line" }, name, device), detail)),
    h("td", { class: "busy" }, h("div", {}, spark, busy)),
    h("td", { class: "memory" }, h("div", {}, modelMemory, bar, usedMemory)),
    h("td", { class: "right" }, h("div", {}, power, powerLimit)),
    h("td", { class: "right" }, temperature),
    h("td", { class: "right" }, h("div", {}, lanes, laneCount)),
    h("td", {}, models));

  function update(gpu) {
    setText(name, gpu.name);
    setText(device, gpu.device);
    const silence = gpu.silentSince === undefined ? undefined : `sensors do not answer since ${format.clock(gpu.silentSince)}`;
    setText(detail, gpu.fault ?? silence ?? "works");
    setAttribute(detail, "class", gpu.fault ? "detail bad" : silence ? "detail warn" : "detail");
    setAttribute(detail, "title", gpu.fault ?? silence);
    setAttribute(node, "data-state", gpu.fault ? "failed" : "works");
    setText(busy, gpu.utilization === undefined ? "–" : format.percent(gpu.utilization * 100));
    showMemory(gpu);
    setText(power, gpu.power === undefined ? "–" : `${format.number(gpu.power)} W`);
    setText(powerLimit, gpu.powerLimit === undefined ? "" : `of ${format.number(gpu.powerLimit)} W`);
    setText(temperature, gpu.temperature === undefined ? "–" : `${format.count(gpu.temperature)} °C`);
    setText(lanes, `${gpu.busyLanes} busy`);
    setText(laneCount, `of ${gpu.lanes}`);
    showModels(gpu);
  }

  function showMemory(gpu) {
    const isFull = gpu.modelMemory >= 0.95 * gpu.modelBudget;
    setText(modelMemory, `models ${format.bytes(gpu.modelMemory)} of ${format.bytes(gpu.modelBudget)}`);
    setAttribute(modelMemory, "class", isFull && !gpu.fault ? "num warn" : "num");
    setText(usedMemory, gpu.usedMemory === undefined ? `of ${format.bytes(gpu.memory)} in all` : `${format.bytes(gpu.usedMemory)} of ${format.bytes(gpu.memory)} in use`);
    const others = Math.max(0, (gpu.usedMemory ?? 0) - gpu.modelMemory);
    [gpu.modelMemory, others].forEach((bytes, i) => parts[i].style.setProperty("flex-grow", bytes / gpu.memory));
    bar.lastChild.style.setProperty("flex-grow", Math.max(0, 1 - (gpu.modelMemory + others) / gpu.memory));
  }

  function showModels(gpu) {
    const shown = gpu.models.slice(0, shownModels);
    const more = gpu.moreModels + gpu.models.length - shown.length;
    const key = JSON.stringify([shown, more]);
    if (models.dataset.key !== key) {
      models.dataset.key = key;
      models.replaceChildren(
        ...shown.map(model => h("li", {}, modelLink(model.key), h("span", { class: "num", text: `${format.wholePercent(model.share * 100)}, ${format.bytes(model.memory)}` }))),
        ...(more > 0 ? [h("li", { class: "detail", text: `and ${format.count(more)} more` })] : shown.length === 0 ? [h("li", { class: "detail", text: "none" })] : []));
    }
  }

  return { node, update, draw: values => drawSparkline(spark, values, { top: 1 }) };
}
