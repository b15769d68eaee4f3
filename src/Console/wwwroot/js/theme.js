// Light or dark: what the system says, until somebody chooses.

const name = "camshaft.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

export const isDark = () => (localStorage.getItem(name) ?? (system.matches ? "dark" : "light")) === "dark";

/** Whoever draws with colours draws anew when they change. */
export function onThemeChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function toggleTheme() {
  const next = isDark() ? "light" : "dark";
  if ((next === "dark") === system.matches) {
    localStorage.removeItem(name);
  } else {
    localStorage.setItem(name, next);
  }

  apply();
}

/** A colour of the present theme. */
export const color = token => getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();

function apply() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  listeners.forEach(listener => listener());
}

system.addEventListener("change", apply);
apply();
