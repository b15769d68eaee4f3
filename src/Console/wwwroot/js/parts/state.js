// Where a version is in its life: a word, and a mark that does not need colour to be told.

import { h, setAttribute, setText } from "../dom.js";

const tones = { ready: "good", standby: "quiet", discovered: "quiet", unloaded: "quiet", loading: "warn", warming: "warn", draining: "warn", failed: "bad" };

export function stateMark() {
  const text = h("span");
  const node = h("span", { class: "state" }, h("i", { "aria-hidden": "true" }), text);
  return {
    node,
    set(state) {
      setAttribute(node, "data-tone", tones[state] ?? "quiet");
      setText(text, state[0].toUpperCase() + state.slice(1));
    },
  };
}
