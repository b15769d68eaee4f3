// A request built from a model's signature, and what comes of it.

import { h, announce, setText } from "../dom.js";
import * as format from "../format.js";
import { openFeed } from "../feed.js";
import { call, can, modelPath, readError } from "../session.js";
import { showAlerts } from "../parts/alerts.js";
import { decode, elementCount, encode, fills } from "../parts/tensors.js";

const mostShown = 64;
const mostBars = 8;

export function tryPage(main, [chosen], { refused }) {
  const select = h("select", { class: "field", id: "model", onchange: () => {
    location.hash = `#/try/${encodeURIComponent(select.value)}`;
  } });
  const form = h("form", { class: "panel card try-form", "aria-label": "Request", onsubmit: event => {
    event.preventDefault();
    send();
  } });
  const answer = h("section", { class: "panel card try-answer", "aria-label": "Answer" }, h("p", { class: "empty", text: "The answer appears here." }));
  const known = new Set();
  let metadata = null;
  let inputs = [];
  let isGone = false;

  main.append(
    h("div", { class: "head" }, h("div", { class: "head-row" }, h("div", { class: "title" }, h("h1", { text: "Try it" }), h("span", { class: "muted", text: "send a model one request" })))),
    h("div", { class: "try" }, form, answer));
  openFeed("api/feed/overview", { overview, refused });
  build();

  function overview(view) {
    showAlerts(view.alerts);
    const before = known.size;
    for (const row of view.rows) {
      if (row.state === "ready" || row.state === "standby") {
        known.add(row.name);
      }
    }

    if (known.size !== before || (view.isFull && known.size === 0)) {
      const names = [...known].sort(new Intl.Collator("en", { numeric: true }).compare);
      select.replaceChildren(...(chosen && !known.has(chosen) ? [chosen] : []).concat(names).map(name => h("option", { value: name, text: name, selected: name === chosen })));
      if (!chosen && names.length > 0) {
        chosen = names[0];
        select.value = chosen;
        build();
      }
    }
  }

  async function build() {
    const picker = h("div", { class: "try-model" }, h("label", { for: "model", text: "Model" }), select);
    form.replaceChildren(picker);
    if (!chosen) {
      form.append(h("p", { class: "empty small", text: "No model is ready." }));
      return;
    }

    try {
      const reply = await call(modelPath(chosen));
      if (isGone) {
        return;
      }

      if (!reply.ok) {
        form.replaceChildren(picker, h("p", { class: "reason bad", text: await readError(reply) }));
        return;
      }

      metadata = await reply.json();
    } catch {
      form.replaceChildren(picker, h("p", { class: "reason bad", text: "The server cannot be reached." }));
      return;
    }

    inputs = metadata.inputs.map(makeInput);
    const button = h("button", { class: "button primary", type: "submit", text: "Send", disabled: !can("infer") });
    form.replaceChildren(picker, ...inputs.map(input => input.node), h("div", { class: "try-send" }, button, h("span", { class: "muted", text: can("infer") ? "Binary tensors, KServe V2" : "Needs the right to infer" })));
  }

  async function send() {
    let request;
    try {
      request = makeRequest();
    } catch (error) {
      fail("The request cannot be made", error.message);
      return;
    }

    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    const start = performance.now();
    try {
      const reply = await call(`${modelPath(chosen)}/infer`, request);
      const bytes = new Uint8Array(await reply.arrayBuffer());
      const elapsed = performance.now() - start;
      if (reply.ok) {
        show(reply, bytes, elapsed);
      } else {
        fail(`HTTP ${reply.status}`, readMessage(bytes));
      }
    } catch {
      fail("No answer", "The server cannot be reached.");
    }

    button.disabled = false;
  }

  function makeRequest() {
    const tensors = inputs.map(input => input.read());
    const head = new TextEncoder().encode(JSON.stringify({
      inputs: tensors.map(({ name, datatype, shape, bytes }) => ({ name, datatype, shape, parameters: { binary_data_size: bytes.length } })),
      parameters: { binary_data_output: true },
    }));
    return {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "Inference-Header-Content-Length": String(head.length), "Camshaft-Timing": "1" },
      body: new Blob([head, ...tensors.map(tensor => tensor.bytes)]),
    };
  }

  function show(reply, bytes, elapsed) {
    const length = Number(reply.headers.get("Inference-Header-Content-Length") ?? bytes.length);
    const body = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length)));
    const timing = parseTiming(reply.headers.get("Server-Timing"));
    let at = length;
    const outputs = body.outputs.map(output => {
      const size = output.parameters?.binary_data_size;
      const values = size === undefined ? output.data : decode(output.datatype, bytes.subarray(at, at + size));
      at += size ?? 0;
      return showOutput(output, values);
    });
    answer.replaceChildren(
      h("header", {}, h("h2", {}, "Answer "), h("p", { class: "num", text: `${body.model_name}, version ${body.model_version}` })),
      h("dl", { class: "figures small" },
        figure("Round trip", format.duration(elapsed)),
        ...timing.map(({ name, duration }) => figure(name, format.duration(duration))),
        figure("Received", format.bytes(bytes.length))),
      ...outputs,
      h("details", {}, h("summary", { text: "The same with curl" }), h("pre", { class: "mono", text: describeCurl() })));
    announce(`Answered in ${format.duration(elapsed)}.`);
  }

  function describeCurl() {
    const example = inputs.map(input => input.describe()).map(({ name, datatype, shape, data }) => `{"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":${JSON.stringify(shape)},"data":${data}}`);
    const address = new URL(`${modelPath(chosen)}/infer`, document.baseURI);
    return `curl -s '${address}' -d '{"inputs":[\n  ${example.join(",\n  ").replaceAll("'", "'\\''")}]}'`;
  }

  function fail(title, message) {
    answer.replaceChildren(h("header", {}, h("h2", { text: title })), h("p", { class: "reason bad", role: "alert", text: message }));
  }

  return () => {
    isGone = true;
  };
}

function makeInput(tensor, index) {
  const id = `input-${index}`;
  const dimensions = tensor.shape.map((length, i) => length < 0
    ? h("input", { class: "field dimension num", type: "number", min: "0", max: "100000000", value: "1", "aria-label": `Dimension ${i + 1} of ${tensor.name}`, oninput: showCount })
    : h("span", { class: "num", text: length }));
  const fill = h("select", { class: "field", id: `${id}-fill`, onchange: showValues }, Object.entries(fills).map(([value, text]) => h("option", { value, text })));
  const values = h("textarea", { class: "field", rows: "3", hidden: true, placeholder: "[1, 2, 3]", "aria-label": `Values of ${tensor.name}`, spellcheck: "false" });
  const total = h("span", { class: "muted num" });
  const node = h("fieldset", {}, h("legend", {}, h("span", { class: "mono", text: tensor.name }), " ", h("span", { class: "muted", text: tensor.datatype })),
    h("div", { class: "try-input" },
      h("span", { class: "shape" }, "[", dimensions.flatMap((dimension, i) => i > 0 ? [", ", dimension] : [dimension]), "]"),
      h("label", { class: "sr", for: `${id}-fill`, text: `What ${tensor.name} is filled with` }), fill, total),
    values);
  showCount();

  function shape() {
    return dimensions.map((dimension, i) => {
      if (dimension.tagName !== "INPUT") {
        return tensor.shape[i];
      }

      const length = Number(dimension.value);
      if (!Number.isInteger(length) || length < 0 || dimension.value === "") {
        throw new Error(`Input '${tensor.name}': '${dimension.value}' is no length of a dimension.`);
      }

      return length;
    });
  }

  function showCount() {
    try {
      const count = elementCount(shape());
      setText(total, `${format.count(count)} ${count === 1 ? "element" : "elements"}`);
    } catch {
      setText(total, "");
    }
  }

  function showValues() {
    values.hidden = fill.value !== "values";
  }

  return {
    node,
    read() {
      try {
        const lengths = shape();
        return { name: tensor.name, datatype: tensor.datatype, shape: lengths, bytes: encode(tensor.datatype, lengths, fill.value, values.value) };
      } catch (error) {
        throw new Error(error.message.startsWith("Input ") ? error.message : `Input '${tensor.name}': ${error.message}`);
      }
    },
    describe() {
      const lengths = shape();
      const count = elementCount(lengths);
      return { name: tensor.name, datatype: tensor.datatype, shape: lengths, data: fill.value === "values" && values.value.length < 400 ? values.value : `[… ${format.count(count)} values …]` };
    },
  };
}

function showOutput(output, values) {
  const count = values.length;
  const numbers = typeof values[0] === "number" ? values : [];
  const facts = [`${output.datatype} [${output.shape.join(", ")}]`, `${format.count(count)} ${count === 1 ? "value" : "values"}`];
  if (numbers.length > 1) {
    const [low, high, sum] = numbers.reduce(([least, most, total], value) => [Math.min(least, value), Math.max(most, value), total + value], [Infinity, -Infinity, 0]);
    facts.push(`${trim(low)} to ${trim(high)}`, `mean ${trim(sum / count)}`);
  }

  return h("section", { class: "output", "aria-label": `Output ${output.name}` },
    h("h3", { class: "mono", text: output.name }), h("p", { class: "muted num", text: facts.join(" · ") }),
    numbers.length > 1 && numbers.length <= 100000 && output.datatype.startsWith("FP") ? largest(numbers) : null,
    h("pre", { class: "mono values", tabindex: "0", "aria-label": `Values of ${output.name}`, text: `[${Array.from(values.slice(0, mostShown), value => typeof value === "number" ? trim(value) : typeof value === "bigint" ? String(value) : JSON.stringify(value)).join(", ")}${count > mostShown ? ", …" : ""}]` }));
}

/** The largest values with their places: what a classifier says. */
function largest(numbers) {
  const top = numbers.map((value, place) => [value, place]).sort((one, other) => other[0] - one[0]).slice(0, mostBars);
  const [low, high] = [Math.min(0, top.at(-1)[0]), top[0][0]];
  return h("table", { class: "bars" }, h("caption", { class: "sr", text: "Largest values" }), h("tbody", {}, top.map(([value, place]) => h("tr", {},
    h("th", { scope: "row", class: "num muted", text: `#${place}` }),
    h("td", {}, h("i", { "aria-hidden": "true", style: { width: `${Math.max(0.5, 100 * (value - low) / ((high - low) || 1))}%` } })),
    h("td", { class: "num right", text: trim(value) })))));
}

const trim = value => Number.isInteger(value) ? String(value) : Number(value.toPrecision(5)).toString();

const figure = (title, text) => h("div", {}, h("dt", { text: title }), h("dd", { class: "num", text }));

/** Reads the header Server-Timing: name, duration in milliseconds. */
function parseTiming(header) {
  return (header ?? "").split(",").map(part => /^\s*([^;\s]+)(?:.*?dur=([\d.]+))?/.exec(part)).filter(found => found?.[2] !== undefined).map(found => ({ name: title(found[1]), duration: Number(found[2]) }));
}

const title = stage => stage === "total" ? "In the server" : `${stage[0].toUpperCase()}${stage.slice(1).replaceAll("_", " ")}`;

function readMessage(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)).error;
  } catch {
    return "The answer says no more.";
  }
}
