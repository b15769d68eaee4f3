// How objectives are kept.

import { h, setAttribute, setText } from "../dom.js";
import * as format from "../format.js";

/** How good each word for an objective is. */
export const tones = { kept: "good", burning: "warn", burningfast: "bad", broken: "bad" };

const words = { kept: "kept", burning: "burning", burningfast: "burning fast", broken: "overspent" };

/** A cell: what is left of the error budget, and how the last seconds were. */
export function sloCell() {
  const fill = h("i");
  const meter = h("span", { class: "meter", "aria-hidden": "true" }, fill);
  const budget = h("span", { class: "num" });
  const detail = h("span", { class: "detail num" });
  const line = h("span", { class: "line" }, meter, budget);
  const node = h("td", { class: "slo" }, h("div", {}, line, detail));

  return {
    node,
    update(row) {
      const isKnown = row.objective !== undefined;
      meter.hidden = row.budget === undefined;
      setText(budget, isKnown ? (row.budget === undefined ? "" : left(row.budget)) : "–");
      setText(detail, isKnown ? `${row.kept === undefined ? "" : `${format.percent(row.kept)} `}≤ ${format.duration(row.objective)}` : "");
      setAttribute(node, "class", isKnown ? `slo ${tones[row.health] ?? ""}` : "slo quiet");
      setAttribute(node, "title", isKnown ? `Objective: ${row.percentile} % within ${format.duration(row.objective)}; ${words[row.health] ?? "not known yet"}` : "No objective is set");
      fill.style.setProperty("width", `${100 * Math.max(0, Math.min(1, row.budget ?? 0))}%`);
    },
  };
}

/** The objective of a model's page: both promises. */
export function objectiveTable() {
  const body = h("tbody");
  const table = h("table", { class: "plain objectives" }, h("caption", { class: "sr", text: "Objective" }),
    h("thead", {}, h("tr", {}, ["Promise", "Target", "Kept", "Budget left", "Burn rate", ""].map((text, i) => h("th", { scope: "col", class: i > 0 && i < 5 ? "right" : null, text })))), body);
  const empty = h("p", { class: "empty small" }, h("span", {}, "No objective is set. Give the model an ", h("code", { text: "slo" }), " in its model.yaml, and batch size, queue deadline and alerts follow from it."));
  let shown = "";

  return {
    node: h("div", {}, table, empty),
    update(objectives, objective) {
      table.hidden = objectives.length === 0;
      empty.hidden = objectives.length > 0;
      const key = JSON.stringify(objectives);
      if (key !== shown) {
        shown = key;
        body.replaceChildren(...objectives.map(one => h("tr", {},
          h("th", { scope: "row", text: one.kind === "latency" ? `Answers within ${format.duration(objective)}` : "Requests are answered" }),
          h("td", { class: "num right", text: format.percent(one.target) }),
          h("td", { class: "num right", text: format.percent(one.kept) }),
          h("td", { class: "num right", text: left(one.budget) }),
          h("td", { class: "num right", text: `${format.number(one.burn)} ×` }),
          h("td", { class: tones[one.health], text: words[one.health] }))));
      }
    },
  };
}

const left = budget => budget < -9.99 ? "<−999\u2009%" : `${budget < 0 ? "−" : ""}${format.wholePercent(Math.abs(budget) * 100)}`;
