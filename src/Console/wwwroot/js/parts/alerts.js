// The banner of active alerts, on every page.

import { h, icon } from "../dom.js";
import * as format from "../format.js";

const triangle = "M12 4 2.800 19.500h18.400zM12 10v4.500M12 17.200v.1";
const place = document.getElementById("alerts");
const mostShown = 2;

let shown = "";
let isOpen = false;
let all = [];

/** Shows alerts, worst first; nothing when there are none. */
export function showAlerts(alerts) {
  all = alerts ?? [];
  const key = JSON.stringify([all, isOpen]);
  if (key === shown) {
    return;
  }

  shown = key;
  place.hidden = all.length === 0;
  place.className = `alerts ${all[0]?.severity ?? ""}`;
  const rest = all.length - mostShown;
  place.replaceChildren(
    h("div", {}, (isOpen ? all : all.slice(0, mostShown)).map(describe)),
    rest > 0 ? h("button", { class: "link", type: "button", "aria-expanded": String(isOpen), text: isOpen ? "Show fewer" : `and ${format.count(rest)} more`, onclick: () => {
      isOpen = !isOpen;
      showAlerts(all);
    } }) : "");
}

function describe(alert) {
  const summary = alert.model ? h("a", { href: `#/models/${encodeURIComponent(alert.model)}`, text: alert.summary }) : h("span", { text: alert.summary });
  return h("div", { class: `alert ${alert.severity}`, role: "alert" },
    icon(triangle),
    h("span", { class: "sr", text: `${alert.severity}: ` }),
    h("strong", {}, summary),
    h("span", { class: "alert-text", text: alert.description, title: alert.description }),
    h("time", { class: "num", datetime: new Date(alert.since * 1000).toISOString(), text: `since ${format.clock(alert.since)}` }));
}
