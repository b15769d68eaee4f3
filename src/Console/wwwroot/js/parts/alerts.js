// The banner of active alerts, on every page.

import { h, icon } from "../dom.js";

const triangle = "M12 4 2.800 19.500h18.400zM12 10v4.500M12 17.200v.1";
const place = document.getElementById("alerts");
let shown = "";

/** Shows alerts, worst first; nothing when there are none. */
export function showAlerts(alerts) {
  const key = JSON.stringify(alerts ?? []);
  if (key === shown) {
    return;
  }

  shown = key;
  place.hidden = !alerts?.length;
  place.replaceChildren(...(alerts ?? []).map(alert => h("div", { class: `alert ${alert.severity}`, role: "alert" },
    icon(triangle),
    h("strong", { text: alert.title }),
    h("span", { text: alert.text }))));
}
