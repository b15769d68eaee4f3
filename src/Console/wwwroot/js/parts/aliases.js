// Names that stand for this model, and what those may do who manage: let one stand for this version.

import { h, announce, setText } from "../dom.js";
import { call, can, readError } from "../session.js";

export function aliasCard(name) {
  const list = h("tbody");
  const table = h("table", { class: "plain" }, h("caption", { class: "sr", text: "Aliases of this model" }),
    h("thead", {}, h("tr", {}, ["Alias", "Stands for"].map(text => h("th", { scope: "col", text })))), list);
  const empty = h("p", { class: "muted", text: "No alias stands for this model." });
  const known = h("datalist", { id: "known-aliases" });
  const input = h("input", { class: "field", id: "alias", list: "known-aliases", placeholder: "stable", required: true, spellcheck: "false", autocomplete: "off" });
  const target = h("span", { class: "mono" });
  const button = h("button", { class: "button", type: "submit", text: "Switch" });
  const outcome = h("p", { class: "outcome", role: "status" });
  const form = h("form", { class: "alias-form", onsubmit: event => {
    event.preventDefault();
    set();
  } }, h("label", { for: "alias", text: "Let alias" }), input, h("span", { class: "muted" }, "stand for ", target), button, known);
  let shown = "";

  async function set() {
    const alias = input.value.trim();
    button.disabled = true;
    try {
      const answer = await call(`../v2/aliases/${encodeURIComponent(alias)}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ target: target.textContent }) });
      say(answer.ok ? `Alias '${alias}' stands for ${target.textContent}.` : await readError(answer), answer.ok ? "good" : "bad");
    } catch {
      say("The server cannot be reached.", "bad");
    }

    button.disabled = false;
  }

  function say(text, tone) {
    setText(outcome, text);
    outcome.className = `outcome ${tone}`;
    announce(text);
  }

  return {
    node: h("div", { class: "aliases" }, table, empty, form, outcome),
    update({ aliases, row }) {
      const key = JSON.stringify([aliases, row.version]);
      if (key === shown) {
        return;
      }

      shown = key;
      const here = aliases.filter(alias => alias.isHere);
      table.hidden = here.length === 0;
      empty.hidden = here.length > 0;
      list.replaceChildren(...here.map(alias => h("tr", {}, h("th", { scope: "row", text: alias.name }), h("td", { class: "mono", text: alias.pending ? `${alias.target}, ${alias.pending} once that is ready` : alias.target }))));
      known.replaceChildren(...aliases.map(alias => h("option", { value: alias.name })));
      setText(target, row.version === undefined ? name : `${name}@${row.version}`);
      const permitted = can("manage");
      button.disabled = input.disabled = !permitted;
      button.title = permitted ? "" : "Needs the right to manage";
    },
  };
}
