// Load, unload, warm up: what those may do who manage.

import { h, announce, icon } from "../dom.js";
import { call, can, readError } from "../session.js";

const play = "M7 5v14l11-7z";

/** Buttons for a model. `state()` gives the state of the version that is shown. */
export function manageButtons(name, state) {
  const outcome = h("p", { class: "outcome", role: "status", hidden: true });
  const load = button("Load", () => run("load", "Loading", "Loaded"));
  const warm = button("Warm up", () => run("warm", "Warming up", "Warmed up"));
  const unload = button("Unload", confirmUnload, "danger");
  const attempt = h("a", { class: "button primary", href: `#/try/${encodeURIComponent(name)}` }, icon(play, { width: "1em", height: "1em" }), "Try it");
  const buttons = [load, warm, unload];
  let isBusy = false;

  function button(text, action, tone = "") {
    return h("button", { class: `button ${tone}`, type: "button", text, onclick: action });
  }

  function update() {
    const permitted = can("manage");
    for (const one of buttons) {
      one.title = permitted ? "" : "Needs the right to manage";
      one.disabled = !permitted || isBusy;
    }

    const isLoaded = ["ready", "warming", "loading", "draining"].includes(state());
    warm.disabled ||= state() !== "ready";
    unload.disabled ||= !isLoaded && state() !== "standby";
    load.firstChild.textContent = isLoaded ? "Reload" : "Load";
  }

  function confirmUnload() {
    const dialog = h("dialog", { "aria-labelledby": "unload-title" },
      h("h2", { id: "unload-title", text: `Unload ${name}?` }),
      h("p", { class: "muted", text: "Requests in flight finish. New ones are refused until somebody loads it again." }),
      h("div", { class: "row" },
        h("button", { class: "button", type: "button", text: "Cancel", onclick: () => dialog.close() }),
        h("button", { class: "button danger primary", type: "button", text: "Unload", onclick: () => {
          dialog.close();
          run("unload", "Unloading", "Unloaded");
        } })));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  async function run(action, doing, done) {
    isBusy = true;
    update();
    say(`${doing}…`, "");
    try {
      const answer = await call(`../v2/repository/models/${encodeURIComponent(name)}/${action}`, { method: "POST" });
      if (answer.ok) {
        say(`${done}.`, "good");
      } else {
        say(await readError(answer), "bad");
      }
    } catch {
      say("The server cannot be reached.", "bad");
    }

    isBusy = false;
    update();
  }

  function say(text, tone) {
    outcome.hidden = false;
    outcome.textContent = text;
    outcome.className = `outcome ${tone}`;
    announce(text);
  }

  update();
  return { node: h("div", { class: "actions" }, load, warm, unload, attempt), outcome, update };
}
