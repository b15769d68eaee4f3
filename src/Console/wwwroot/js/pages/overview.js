// All models, and how the process is.

import { h, setAttribute, setText } from "../dom.js";
import { openFeed } from "../feed.js";
import * as format from "../format.js";
import { onThemeChange } from "../theme.js";
import { showAlerts } from "../parts/alerts.js";
import { gpuPanel } from "../parts/gpus.js";
import { healthStrip } from "../parts/health.js";
import { sloCell, tones } from "../parts/slo.js";
import { drawSparkline, sparkline } from "../parts/sparkline.js";
import { stateMark } from "../parts/state.js";
import { virtualTable } from "../parts/table.js";

const columnsKept = 60;

const columns = [
  { key: "name", title: "Model", className: "model", value: row => row.name, isText: true },
  { key: "state", title: "State", className: "state-cell", value: row => row.state, isText: true },
  { key: "rate", title: "Requests", unit: "/s", className: "right", value: row => row.rate },
  { key: "spark", title: "Last 5 min", className: "spark-cell" },
  { key: "p50", title: "p50", unit: "ms", className: "right", value: row => row.p50 },
  { key: "p99", title: "p99", unit: "ms", className: "right", value: row => row.p99 },
  { key: "errors", title: "Errors", unit: "/s", className: "right", value: row => row.errorRate },
  { key: "queue", title: "Queue", className: "right", value: row => row.queue },
  { key: "batch", title: "Batch", unit: "rows", className: "right", value: row => row.batch },
  { key: "memory", title: "Memory", unit: "MB", className: "right", value: row => row.memory },
  { key: "slo", title: "SLO budget", className: "slo", value: row => row.budget },
];

const filters = [
  ["all", "All", () => true],
  ["busy", "Busy", row => row.rate > 0 || row.queue > 0],
  ["ready", "Ready", row => row.state === "ready"],
  ["trouble", "In trouble", row => row.state === "failed" || row.errorRate > 0 || tones[row.health] === "bad"],
];

// As it was left, when somebody comes back.
const choice = { text: "", filter: "all", sort: { key: "rate", descending: true } };

export function overviewPage(main, _, { refused }) {
  const models = new Map();
  const health = healthStrip();
  const gpus = gpuPanel();
  const search = h("input", { class: "field search", type: "search", id: "search", placeholder: "Filter models", "aria-label": "Filter models by name, version, state, device or backend", spellcheck: "false", value: choice.text, oninput: event => {
    choice.text = event.target.value;
    show();
  } });
  const buttons = filters.map(([key, title]) => {
    const number = h("span", { class: "num" });
    return { key, number, node: h("button", { type: "button", "aria-pressed": "false", onclick: () => {
      choice.filter = key;
      show();
    } }, title, " ", number) };
  });
  const table = virtualTable({ name: "Models", columns, createRow, sort: choice.sort });
  const empty = h("div", { class: "empty", hidden: true });
  main.append(
    h("h1", { class: "sr", text: "Models" }),
    health.node,
    gpus.node,
    h("div", { class: "panel models" },
      h("div", { class: "toolbar" }, search, h("div", { class: "segments", role: "group", "aria-label": "Which models" }, buttons.map(button => button.node))),
      table.node, empty));
  addEventListener("keydown", focusSearch);
  const stopTheme = onThemeChange(() => {
    health.draw();
    gpus.draw();
    table.refresh();
  });
  openFeed("api/feed/overview", { overview, refused });

  function overview(view) {
    if (view.isFull) {
      models.clear();
    }

    for (const row of view.rows) {
      const known = models.get(row.key);
      models.set(row.key, Object.assign(row, { rates: known?.rates ?? view.rates?.[row.key] ?? new Array(columnsKept).fill(0) }));
    }

    view.removed?.forEach(key => models.delete(key));
    if (view.closesColumn) {
      models.forEach(row => {
        row.rates = [...row.rates.slice(1), row.rate];
      });
    }

    showAlerts(view.alerts);
    health.update(view);
    gpus.update(view);
    show();
  }

  function show() {
    const text = choice.text.trim().toLowerCase();
    const found = [...models.values()].filter(row => matches(row, text));
    for (const { key, number, node } of buttons) {
      const test = filters.find(filter => filter[0] === key)[2];
      setText(number, format.count(found.filter(test).length));
      setAttribute(node, "aria-pressed", String(choice.filter === key));
    }

    const shown = found.filter(filters.find(filter => filter[0] === choice.filter)[2]);
    table.node.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
    if (shown.length === 0) {
      setText(empty, models.size === 0 ? "This server has no models. Put some into its model repository, or load one." : "No model is like that.");
    }

    table.set(shown);
  }

  function focusSearch(event) {
    if (event.key === "/" && !/^(input|textarea|select)$/i.test(document.activeElement?.tagName ?? "")) {
      event.preventDefault();
      search.focus();
    }
  }

  return () => {
    removeEventListener("keydown", focusSearch);
    stopTheme();
    table.dispose();
  };
}

function matches(row, text) {
  return text === "" || text.split(/\s+/).every(word => `${row.name} ${row.version ?? ""} ${row.state} ${row.device ?? ""} ${row.backend ?? ""}`.toLowerCase().includes(word));
}

function createRow() {
  const name = h("a", { class: "name" });
  const version = h("span", { class: "version num" });
  const detail = h("span", { class: "detail" });
  const state = stateMark();
  const spark = sparkline();
  const cells = Object.fromEntries(["rate", "p50", "p99", "errors", "queue", "batch", "memory"].map(key => [key, h("td", { class: "right num" })]));
  const slo = sloCell();
  const node = h("tr", {},
    h("th", { scope: "row", class: "model" }, h("div", {}, h("span", { class: "line" }, name, version), detail)),
    h("td", { class: "state-cell" }, state.node),
    cells.rate, h("td", { class: "spark-cell" }, spark), cells.p50, cells.p99, cells.errors, cells.queue, cells.batch, cells.memory, slo.node);
  const drawn = { rates: null, width: 0, theme: "" };

  function update(row) {
    setText(name, row.name);
    setAttribute(name, "href", `#/models/${encodeURIComponent(row.name)}${row.version ? `/${row.version}` : ""}`);
    setText(version, row.version ? `v${row.version}` : "");
    setText(detail, row.reason ?? [row.backend, row.device].filter(Boolean).join(" · "));
    setAttribute(detail, "class", row.state === "failed" ? "detail bad" : "detail");
    setAttribute(detail, "title", row.reason);
    state.set(row.state);
    setText(cells.rate, format.rate(row.rate));
    setAttribute(cells.rate, "class", row.rate > 0 ? "right num" : "right num quiet");
    setText(cells.p50, format.milliseconds(row.p50));
    setText(cells.p99, format.milliseconds(row.p99));
    setText(cells.errors, format.rate(row.errorRate));
    setAttribute(cells.errors, "class", `right num ${row.errorRate > 0 ? "bad" : "quiet"}`);
    setText(cells.queue, format.count(row.queue));
    setAttribute(cells.queue, "class", `right num ${row.queueLimit > 0 && row.queue >= row.queueLimit * 0.8 ? "warn" : row.queue > 0 ? "" : "quiet"}`);
    setText(cells.batch, row.batch === undefined ? "–" : format.number(row.batch));
    setText(cells.memory, row.memory > 0 ? format.number(row.memory / 1e6) : "–");
    slo.update(row);
    const theme = document.documentElement.dataset.theme;
    if (drawn.rates !== row.rates || drawn.width !== spark.clientWidth || drawn.theme !== theme) {
      Object.assign(drawn, { rates: row.rates, width: spark.clientWidth, theme });
      drawSparkline(spark, row.rates);
    }
  }

  return { node, update };
}
