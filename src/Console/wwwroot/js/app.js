// The frame around the pages: which one is open, how the stream fares, light or dark.

import { h, s, icon, setAttribute, setText, announce } from "./dom.js";
import { closeFeed, watchState } from "./feed.js";
import { loadSession, hasKey, setKey } from "./session.js";
import { isDark, onThemeChange, toggleTheme } from "./theme.js";
import { showAlerts } from "./parts/alerts.js";
import { overviewPage } from "./pages/overview.js";
import { modelPage } from "./pages/model.js";
import { lanesPage } from "./pages/lanes.js";
import { tryPage } from "./pages/try.js";

const sun = "M12 4V2M12 22v-2M4 12H2M22 12h-2M6.300 6.300 4.900 4.900M19.100 19.100l-1.400-1.400M6.300 17.700l-1.400 1.400M19.100 4.900l-1.400 1.400M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z";
const moon = "M20 14.500A8 8 0 0 1 9.500 4a8 8 0 1 0 10.500 10.500z";
const lock = "M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z";

const main = document.getElementById("main");
const links = [["#/", "Models"], ["#/lanes", "Lanes"], ["#/try", "Try it"]].map(([href, text]) => h("a", { href, text }));
const liveText = h("span", { text: "Connecting" });
const live = h("div", { class: "live", data: { state: "waiting" } }, h("i", { "aria-hidden": "true" }), liveText);
const themeButton = h("button", { class: "icon-button", type: "button", onclick: toggleTheme });
const keyButton = h("button", { class: "icon-button", type: "button", "aria-label": "API key", title: "API key", onclick: () => askForKey("") }, icon(lock));

let leave = null;

document.getElementById("top").append(
  h("a", { class: "brand", href: "#/", "aria-label": "Camshaft, models" }, logo(), "Camshaft"),
  h("nav", { class: "nav", "aria-label": "Pages" }, links),
  h("div", { class: "end" }, live, keyButton, themeButton));

document.querySelector(".skip").addEventListener("click", event => {
  event.preventDefault();
  main.focus();
});

watchState((state, reason) => {
  if (live.dataset.state !== state) {
    live.dataset.state = state;
    announce(state === "live" ? "The figures are live." : reason);
  }

  setText(liveText, state === "live" ? "Live" : state === "paused" ? "Paused" : state === "waiting" ? "Waiting" : "Not connected");
  setAttribute(live, "title", reason);
});

onThemeChange(showTheme);
showTheme();
addEventListener("hashchange", open);
start();

async function start() {
  try {
    await loadSession();
  } catch {
    // The stream says what is wrong, and tries again.
  }

  open();
}

function open() {
  leave?.();
  closeFeed();
  showAlerts([]);
  const [page, ...parameters] = location.hash.replace(/^#?\/?/, "").split("/").map(decodeURIComponent);
  const pages = { "": overviewPage, models: modelPage, lanes: lanesPage, try: tryPage };
  const show = pages[page] ?? overviewPage;
  for (const link of links) {
    const target = link.getAttribute("href").slice(2);
    setAttribute(link, "aria-current", target === (page === "models" ? "" : page) ? "page" : null);
  }

  const isFirst = main.childElementCount === 0;
  main.replaceChildren();
  main.className = `page-${show === overviewPage ? "overview" : page}`;
  leave = show(main, parameters, { refused });
  scrollTo(0, 0);
  if (!isFirst) {
    main.focus({ preventScroll: true });
  }
}

/** What a page shows when the server does not let it in. */
function refused(status, message) {
  if (status === 401 || status === 403) {
    askForKey(message);
  }
}

function askForKey(reason) {
  const input = h("input", { class: "field", type: "password", id: "key", autocomplete: "off", spellcheck: "false" });
  const dialog = h("dialog", { "aria-labelledby": "key-title" },
    h("form", { method: "dialog", onsubmit: () => use(input.value.trim()) },
      h("h2", { id: "key-title", text: "API key" }),
      h("p", { class: "muted", text: reason || "The key stays in this tab, and is gone when you close it." }),
      h("p", { class: "key-field" }, h("label", { for: "key", text: "Key" }), input),
      h("div", { class: "row" },
        hasKey() ? h("button", { class: "button", type: "button", text: "Forget the key", onclick: () => use("") }) : null,
        h("button", { class: "button", type: "button", text: "Cancel", onclick: () => dialog.close() }),
        h("button", { class: "button primary", type: "submit", text: "Use the key" }))));
  dialog.addEventListener("close", () => dialog.remove());
  document.querySelector("dialog")?.remove();
  document.body.append(dialog);
  dialog.showModal();

  function use(key) {
    setKey(key);
    dialog.close();
    start();
  }
}

function showTheme() {
  const label = isDark() ? "Switch to light" : "Switch to dark";
  setAttribute(themeButton, "aria-label", label);
  setAttribute(themeButton, "title", label);
  themeButton.replaceChildren(icon(isDark() ? sun : moon));
}

function logo() {
  return s("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" },
    s("path", { d: "M16 2.500c7.300 0 11.300 5.700 11.300 11.400 0 4.500-2 7.500-4.200 10.900-1.600 2.500-3.900 4.700-7.100 4.700s-5.500-2.200-7.100-4.700c-2.200-3.400-4.200-6.400-4.200-10.900C4.700 8.200 8.700 2.500 16 2.500z", fill: "none", stroke: "var(--accent)", "stroke-width": "3" }),
    s("circle", { cx: "16", cy: "14", r: "4.200", fill: "var(--accent)" }));
}
