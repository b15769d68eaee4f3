// Elements are made here and nowhere from text: what a model, a tag or an error is called can never become markup.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element. `props`: class, text, on<event>, style (an object), data (an object); all else is an attribute. */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Makes an element of a drawing. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** Sets a text, if it is another one: a text that is set anew is laid out anew. */
export function setText(node, text) {
  const value = text === null || text === undefined ? "" : String(text);
  if (node.textContent !== value) {
    node.textContent = value;
  }
}

/** Sets or takes away an attribute, if that changes anything. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

/** A line drawing of 24 by 24, for beside a text that says the same. */
export function icon(path, props = {}) {
  return s("svg", { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.800", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", ...props },
    s("path", { d: path }));
}

/** Tells those who listen rather than look. */
export function announce(text) {
  setText(document.getElementById("announcer"), text);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }

    if (name === "text") {
      node.textContent = value;
    } else if (name === "class") {
      node.setAttribute("class", value);
    } else if (name === "style") {
      for (const [property, setting] of Object.entries(value)) {
        node.style.setProperty(property, setting);
      }
    } else if (name === "data") {
      Object.assign(node.dataset, value);
    } else if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }

  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return node;
}
