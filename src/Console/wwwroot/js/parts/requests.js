// Single requests of the past, with what their stages took.

import { h } from "../dom.js";
import * as format from "../format.js";

/** The stages in their order: key, title, colour. */
export const stages = [
  ["receive", "Receive", "stage-receive"],
  ["queue", "Queue", "stage-queue"],
  ["wait", "Batch wait", "stage-wait"],
  ["in", "Copy in", "stage-in"],
  ["run", "Run", "stage-run"],
  ["out", "Copy out", "stage-out"],
  ["send", "Send", "stage-send"],
];

/** A table of requests. `hasStages`: with a bar of where their time went, else with why they failed. */
export function requestTable(name, emptyText, hasStages) {
  const body = h("tbody");
  const heads = hasStages ? ["Ended", "Total", "Stages", "Rows"] : ["Ended", "Error", "Message"];
  const table = h("table", { class: `plain ${hasStages ? "slowest" : "failed"}`, hidden: true }, h("caption", { class: "sr", text: name }), h("thead", {}, h("tr", {}, heads.map(text => h("th", { scope: "col", text })))), body);
  const empty = h("p", { class: "empty small", text: emptyText });
  const node = h("div", { class: "requests" }, table, empty);
  let shown = "";

  return {
    node,
    update(requests) {
      const key = JSON.stringify(requests.map(request => [request.time.toFixed(2), request.total]));
      if (key === shown) {
        return;
      }

      shown = key;
      table.hidden = requests.length === 0;
      empty.hidden = requests.length > 0;
      const longest = Math.max(...requests.map(request => request.total));
      body.replaceChildren(...requests.map(request => hasStages ? slowRow(request, longest) : errorRow(request)));
    },
  };
}

function slowRow(request, longest) {
  const parts = stages.map(([, title, tone], i) => ({ title, tone, time: request.stages[i] }));
  const text = parts.filter(part => part.time > 0).map(part => `${part.title.toLowerCase()} ${format.duration(part.time)}`).join(", ");
  return h("tr", { title: request.trace ? `Trace ${request.trace}` : null },
    h("td", { class: "num muted", text: format.clock(request.time) }),
    h("th", { scope: "row", class: "num", text: format.duration(request.total) }),
    h("td", {}, h("div", { class: "stage-bar", role: "img", "aria-label": text, title: text, style: { width: `${Math.max(2, 100 * request.total / longest)}%` } },
      parts.map(part => h("i", { style: { "flex-grow": part.time, background: `var(--${part.tone})` } })))),
    h("td", { class: "num right", text: format.count(request.rows) }));
}

function errorRow(request) {
  return h("tr", { title: request.trace ? `Trace ${request.trace}` : null },
    h("td", { class: "num muted", text: format.clock(request.time) }),
    h("th", { scope: "row", text: format.words(request.code) }),
    h("td", { class: "message", text: request.message }));
}
