// A table of any length: only the rows that are seen exist. To assistive technology it is a table of all rows.

import { h, setAttribute } from "../dom.js";

const spare = 6;

// One for all: to make a collator costs more than a hundred comparisons.
const collator = new Intl.Collator("en", { numeric: true });

/**
 * Makes a table. `columns`: { key, title, unit, className, value(row) for sorting, isText }.
 * `createRow()` gives { node, update(row) }; `name` is what the table is called.
 */
export function virtualTable({ name, columns, createRow, sort }) {
  const rows = { all: [], pool: [], height: 0, first: -1 };
  const order = { ...sort };
  const above = h("tr", { class: "space", "aria-hidden": "true" }, h("td", { colspan: columns.length }));
  const below = h("tr", { class: "space", "aria-hidden": "true" }, h("td", { colspan: columns.length }));
  const body = h("tbody", {}, above, below);
  const heads = columns.map(makeHead);
  const table = h("table", { class: "grid" }, h("caption", { class: "sr", text: name }), h("thead", {}, h("tr", { "aria-rowindex": "1" }, heads)), body);
  const node = h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": name, onscroll: show }, table);
  const resize = new ResizeObserver(() => {
    rows.height = 0;
    show();
  });
  resize.observe(node);
  showOrder();

  function makeHead(column) {
    const title = [h("span", { text: column.title }), column.unit ? h("span", { class: "unit", text: ` ${column.unit}` }) : null];
    return h("th", { scope: "col", class: column.className, data: { key: column.key } },
      column.value ? h("button", { type: "button", onclick: () => sortBy(column) }, title, h("i", { "aria-hidden": "true" })) : title);
  }

  function sortBy(column) {
    const isSame = order.key === column.key;
    order.descending = isSame ? !order.descending : !column.isText;
    order.key = column.key;
    showOrder();
    set(rows.all);
  }

  function showOrder() {
    heads.forEach((head, i) => setAttribute(head, "aria-sort", columns[i].key === order.key ? (order.descending ? "descending" : "ascending") : null));
  }

  function makeComparison() {
    const { value } = columns.find(column => column.key === order.key);
    const sign = order.descending ? -1 : 1;
    return (one, other) => {
      const [a, b] = [value(one), value(other)];

      // What is not known comes last, whichever way.
      const known = (a === null || a === undefined ? 1 : 0) - (b === null || b === undefined ? 1 : 0);
      return known || sign * (typeof a === "string" ? collator.compare(a, b) : (a ?? 0) - (b ?? 0)) || collator.compare(one.key, other.key);
    };
  }

  function set(all) {
    rows.all = [...all].sort(makeComparison());
    setAttribute(table, "aria-rowcount", rows.all.length + 1);
    show();
  }

  function show() {
    if (rows.all.length > 0 && rows.height === 0) {
      grow(1);
      rows.pool[0].update(rows.all[0]);
      rows.height = rows.pool[0].node.getBoundingClientRect().height;
    }

    const height = rows.height || 1;
    const first = Math.max(0, Math.min(Math.floor(node.scrollTop / height) - spare, rows.all.length - 1));
    const count = Math.min(Math.ceil(node.clientHeight / height) + 2 * spare, rows.all.length - first);
    grow(count);
    rows.pool.forEach((row, i) => {
      row.node.hidden = i >= count;
      if (i < count) {
        setAttribute(row.node, "aria-rowindex", first + i + 2);
        row.update(rows.all[first + i]);
      }
    });
    setHeight(above, first * height);
    setHeight(below, Math.max(0, rows.all.length - first - count) * height);
  }

  function grow(count) {
    while (rows.pool.length < count) {
      const row = createRow();
      rows.pool.push(row);
      below.before(row.node);
    }
  }

  function setHeight(space, height) {
    space.hidden = height === 0;
    space.firstChild.style.setProperty("height", `${height}px`);
  }

  return { node, set, refresh: show, dispose: () => resize.disconnect() };
}
