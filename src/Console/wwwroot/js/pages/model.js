// One version of a model: how it fares, how it runs, and why so.

import { h, setAttribute, setText } from "../dom.js";
import { openFeed } from "../feed.js";
import * as format from "../format.js";
import { showAlerts } from "../parts/alerts.js";
import { aliasCard } from "../parts/aliases.js";
import { profileChart, timeChart } from "../parts/charts.js";
import { heatmap } from "../parts/heatmap.js";
import { manageButtons } from "../parts/manage.js";
import { requestTable, stages } from "../parts/requests.js";
import { objectiveTable, tones } from "../parts/slo.js";
import { stateMark } from "../parts/state.js";

const columnCount = 120;
const columnLength = 5;

export function modelPage(main, [name, version], { refused }) {
  const history = new Map();
  let last = null;
  let bounds = [];
  let state = "ready";

  const head = makeHead(name, () => state);
  const figures = makeFigures();
  const heat = heatmap(columnCount);
  const breakdown = timeChart({ name: "Mean time of a request by stage", series: stages.map(([, label, tone]) => ({ label, tone })), format: format.duration, isStacked: true, height: 13 });
  const rates = timeChart({ name: "Requests and errors a second", series: [{ label: "Requests", tone: "accent", fill: true }, { label: "Errors", tone: "bad" }], format: value => `${format.rate(value)} /s`, top: 1, height: 13 });
  const queue = timeChart({ name: "Requests that wait", series: [{ label: "Waiting", tone: "stage-queue", fill: true }], format: format.number, top: 4 });
  const batch = timeChart({ name: "Rows of a batch", series: [{ label: "Mean rows", tone: "stage-in", fill: true }], format: format.number, top: 2 });
  const memory = timeChart({ name: "Memory", series: [{ label: "Memory", tone: "stage-send", fill: true, spanGaps: true }], format: format.bytes, top: 1e6 });
  const profile = profileChart({ name: "Time of a run by its rows", series: [{ label: "Warm-up", tone: "accent" }, { label: "Serving", tone: "stage-queue", isPoints: true }], format: format.duration });
  const profileEmpty = h("p", { class: "empty small", text: "It was not measured: no batch has run yet, and the warm-up made none.", hidden: true });
  const batching = h("dl", { class: "facts" });
  const gpu = h("dl", { class: "facts" });
  const gpuCard = card("GPU", "what it does for the version", "wide", gpu);
  gpuCard.hidden = true;
  const slowest = requestTable("Slowest requests of the last minute", "No requests in the last minute.", true);
  const errors = requestTable("Last failed requests", "No request has failed.", false);
  const aliases = aliasCard(name);
  const objective = objectiveTable();
  const objectiveNote = h("p");
  const signature = h("div", { class: "signature" });
  const outcomes = h("dl", { class: "facts" });
  const charts = [heat, breakdown, rates, queue, batch, memory, profile];

  main.append(head.node, figures.node, h("div", { class: "cards" },
    card("Latency", "share of requests by latency; lines: p50 and p99", "wide", heat.node),
    card("Where the time goes", "mean of successful requests", "half", breakdown.legend, breakdown.node),
    card("Requests", "a second", "half", rates.legend, rates.node),
    card("Queue", "requests that wait", "third", queue.legend, queue.node),
    card("Batches", "rows of a run", "third", batch.legend, batch.node),
    card("Memory", "what the version takes", "third", memory.legend, memory.node),
    card("Profile", "time of a run by its rows", "half", profileLegend(), profile.node, profileEmpty),
    card("Batching", "what was derived, and why", "half", batching),
    gpuCard,
    h("section", { class: "panel card wide", "aria-label": "Objective" }, h("header", {}, h("h2", { text: "Objective" }), objectiveNote), objective.node),
    card("Slowest requests", "of the last minute", "half", slowest.node),
    card("Errors", "the last ones", "half", errors.node),
    card("Aliases", "names that stand for this model", "half", aliases.node),
    card("Signature", "inputs and outputs", "half", signature),
    card("Outcomes", "since the server knows the version", "wide", outcomes)));

  openFeed(`api/feed/models/${encodeURIComponent(name)}${version ? `/${version}` : ""}`, { model: update, gone: missing, refused });

  function update(view) {
    const { row } = view;
    bounds = view.heatBounds ?? bounds;
    if (view.heatBounds) {
      history.clear();
    }

    view.columns.forEach(column => history.set(column.number, column));
    last = view.columns.at(-1) ?? last;
    state = row.state;
    showAlerts(view.alerts);
    head.update(view);
    figures.update(view);
    drawTimes(view.time);
    drawProfile(view.profile);
    facts(batching, describeBatching(view));
    gpuCard.hidden = !view.gpu;
    facts(gpu, view.gpu ? describeGpu(view.gpu) : []);
    aliases.update(view);
    objective.update(view.objectives, row.objective);
    setText(objectiveNote, view.objectiveWindow === undefined ? "" : `error budgets over the last ${format.age(view.objectiveWindow)}, all versions together`);
    slowest.update(view.slowest, view.time);
    errors.update(view.errors, view.time);
    drawSignature(view);
    facts(outcomes, describeOutcomes(view));
  }

  function missing({ error }) {
    head.missing(error);
  }

  function drawTimes(now) {
    if (!last) {
      return;
    }

    const numbers = Array.from({ length: columnCount }, (_, i) => last.number - columnCount + 1 + i);
    history.forEach((_, number) => number < numbers[0] && history.delete(number));
    const columns = numbers.map(number => history.get(number));
    const times = numbers.map(number => now - (last.number - number) * columnLength);
    const get = (key, without) => columns.map(column => column?.[key] ?? without);
    heat.set({ columns: columns.filter(Boolean), bounds, last: last.number, time: now, length: columnLength });
    breakdown.set(times, stages.map((_, i) => columns.map(column => column?.stages?.[i] ?? 0)));
    rates.set(times, [get("rate", 0), get("errorRate", 0)]);
    queue.set(times, [get("queue", 0)]);
    batch.set(times, [get("batch", null)]);
    memory.set(times, [get("memory", null)]);
  }

  function drawProfile(points) {
    profileEmpty.hidden = points.length > 0;
    profile.node.hidden = points.length === 0;
    if (points.length > 0) {
      profile.set([points.map(point => point.rows), points.map(point => point.wall ?? null), points.map(point => point.seen ?? null)]);
    }
  }

  function drawSignature(view) {
    const key = JSON.stringify([view.inputs, view.outputs]);
    if (signature.dataset.key !== key) {
      signature.dataset.key = key;
      signature.replaceChildren(view.inputs ? tensorTable("Inputs", view.inputs) : h("p", { class: "empty small", text: "Known once it was loaded." }), view.outputs ? tensorTable("Outputs", view.outputs) : "");
    }
  }

  return () => charts.forEach(chart => chart.dispose());
}

function makeHead(name, state) {
  const mark = stateMark();
  const select = h("select", { class: "field", id: "version", onchange: event => {
    location.hash = `#/models/${encodeURIComponent(name)}/${event.target.value}`;
  } });
  const place = h("span", { class: "muted" });
  const description = h("p", { class: "muted description" });
  const reason = h("p", { class: "reason", hidden: true });
  const buttons = manageButtons(name, state);
  const versions = h("span", { class: "versions" }, h("label", { for: "version", text: "Version" }), select);
  const node = h("div", { class: "head" },
    h("nav", { class: "crumbs", "aria-label": "Breadcrumb" }, h("a", { href: "#/", text: "Models" }), h("span", { "aria-hidden": "true", text: "/" })),
    h("div", { class: "head-row" },
      h("div", { class: "title" }, h("h1", { text: name }), mark.node, place, versions),
      buttons.node),
    description, reason, buttons.outcome);

  return {
    node,
    update({ row, versions: known, description: text }) {
      mark.set(row.state);
      setText(place, [row.backend, row.device].filter(Boolean).join(" · "));
      setText(description, text ?? "");
      description.hidden = !text;
      setText(reason, row.reason ?? "");
      reason.hidden = !row.reason;
      setAttribute(reason, "class", row.state === "failed" ? "reason bad" : "reason");
      const key = JSON.stringify([known, row.version]);
      if (select.dataset.key !== key) {
        select.dataset.key = key;
        select.replaceChildren(...known.map(one => h("option", { value: one.version, selected: one.version === row.version, text: `${one.version} · ${one.state}` })));
      }

      versions.hidden = known.length === 0;
      buttons.update();
    },
    missing(error) {
      setText(reason, error);
      reason.hidden = false;
      versions.hidden = true;
      mark.node.hidden = true;
    },
  };
}

function makeFigures() {
  const parts = [
    ["Requests", row => [format.rate(row.rate), "/s"]],
    ["Errors", row => [format.rate(row.errorRate), "/s", row.errorRate > 0 ? "bad" : ""]],
    ["p50", row => split(format.duration(row.p50))],
    ["p99", row => split(format.duration(row.p99))],
    ["Waiting", row => [format.count(row.queue), row.queueLimit > 0 ? `of ${format.count(row.queueLimit)}` : ""]],
    ["Batch", row => [row.batch === undefined ? "–" : format.number(row.batch), "rows"]],
    ["Memory", row => format.bytesParts(row.memory)],
    ["SLO budget", row => row.budget === undefined ? ["–", "no objective"] : [format.wholePercent(Math.max(-9.99, row.budget) * 100).replace("-", "−"), "left", tones[row.health]]],
  ].map(([title, read]) => {
    const value = h("dd", { class: "num" });
    const unit = h("dd", { class: "unit" });
    return { read, value, unit, node: h("div", {}, h("dt", { text: title }), value, unit) };
  });
  return {
    node: h("dl", { class: "figures", "aria-label": "Now" }, parts.map(part => part.node)),
    update({ row }) {
      for (const { read, value, unit } of parts) {
        const [text, unitText, tone = ""] = read(row);
        setText(value, text);
        setText(unit, unitText);
        setAttribute(value, "class", `num ${tone}`);
      }
    },
  };
}

const split = text => text === "–" ? [text, ""] : text.split(" ");

function describeBatching(view) {
  const { batching, row } = view;
  if (!batching) {
    return [["Batching", "decided when it is loaded"]];
  }

  return [
    ["Requests", batching.maxRows > 1 ? `join to batches of up to ${format.count(batching.maxRows)} rows` : "run alone"],
    ["Why", batching.reason],
    ["Objective", row.objective === undefined ? "none: it takes the time that others leave" : `${row.percentile} % within ${format.duration(row.objective)}`],
    ["Batch size aimed at", batching.targetRows === undefined ? "–" : `${format.count(batching.targetRows)} ${batching.targetRows === 1 ? "row" : "rows"}, ${format.duration(batching.runTime)} a run`],
    ["Queue deadline", batching.queueDeadline === undefined ? "none" : `${format.duration(batching.queueDeadline)} after the last byte`],
    ["Lanes", batching.lanes ?? "–"],
    ["Loaded in", format.duration(view.loadTime)],
    ["Memory", `${format.bytes(view.hostMemory)} host, ${format.bytes(view.mappedMemory)} of it mapped${view.deviceMemory > 0 ? `, ${format.bytes(view.deviceMemory)} device` : ""}`],
  ];
}

function describeGpu(gpu) {
  const limit = gpu.limit === undefined ? "" : `, of ${format.bytes(gpu.limit)} that it may take`;
  return [
    ["Device", `${gpu.device} · ${gpu.name}`],
    ...(gpu.fault ? [["Failed", gpu.fault, "bad"]] : []),
    ["Device time", `${format.percent(gpu.share * 100)} of the last seconds, ${format.duration(gpu.time)} since the server knows the version`],
    ["Device memory", gpu.memory === undefined ? "none: it is not there" : `${format.bytes(gpu.memory)}, ${format.bytes(gpu.peak)} at most${limit}`],
  ];
}

function describeOutcomes(view) {
  const codes = Object.entries(view.outcomes).sort((one, other) => other[1] - one[1]);
  return [
    ["Requests", format.count(view.row.requests)],
    ...codes.map(([code, number]) => [code === "Ok" ? "Answered" : `Failed: ${format.words(code)}`, format.count(number), code === "Ok" ? "" : "bad"]),
    ["Turned away while not ready", format.count(view.turnedAway), view.turnedAway > 0 ? "warn" : ""],
  ];
}

/** Fills a list of terms; what stays the same is left alone. */
function facts(list, entries) {
  const key = JSON.stringify(entries);
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    list.replaceChildren(...entries.map(([term, text, tone = ""]) => h("div", {}, h("dt", { text: term }), h("dd", { class: `num ${tone}`, text }))));
  }
}

function tensorTable(title, tensors) {
  return h("table", { class: "plain" }, h("caption", { text: title }),
    h("thead", {}, h("tr", {}, ["Name", "Datatype", "Shape"].map(text => h("th", { scope: "col", text })))),
    h("tbody", {}, tensors.map(tensor => h("tr", {}, h("th", { scope: "row", class: "mono", text: tensor.name }), h("td", { text: tensor.datatype }), h("td", { class: "mono num", text: `[${tensor.shape.map(length => length < 0 ? "any" : length).join(", ")}]` })))));
}

function profileLegend() {
  return h("dl", { class: "legend" },
    h("div", {}, h("i", { "aria-hidden": "true", style: { background: "var(--accent)" } }), h("dt", { text: "Measured in the warm-up" })),
    h("div", {}, h("i", { "aria-hidden": "true", style: { background: "var(--stage-queue)" } }), h("dt", { text: "Mean while serving" })));
}

function card(title, note, size, ...content) {
  return h("section", { class: `panel card ${size}`, "aria-label": title }, h("header", {}, h("h2", { text: title }), h("p", { text: note })), content);
}
