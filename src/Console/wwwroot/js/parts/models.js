// A version by its key, "name/version", as text and as a link to its page.

import { h } from "../dom.js";

/** Its name, with the version where that is not the first. */
export const modelName = key => key.replace(/\/1$/, "");

export const modelLink = key => h("a", { href: `#/models/${key.split("/").map(encodeURIComponent).join("/")}`, text: modelName(key) });
