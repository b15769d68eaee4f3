// Tensors in the browser: made from a signature, sent as bytes, read from an answer.

const kinds = {
  BOOL: [Uint8Array, 1], UINT8: [Uint8Array, 1], UINT16: [Uint16Array, 2], UINT32: [Uint32Array, 4], UINT64: [BigUint64Array, 8],
  INT8: [Int8Array, 1], INT16: [Int16Array, 2], INT32: [Int32Array, 4], INT64: [BigInt64Array, 8],
  FP16: [Uint16Array, 2], BF16: [Uint16Array, 2], FP32: [Float32Array, 4], FP64: [Float64Array, 8],
};

const isFloat = datatype => /^(FP|BF)/.test(datatype);

/** The most elements that are made up here; more is a load test's affair. */
export const mostElements = 16 * 1024 * 1024;

export const fills = { random: "Random, 0 to 1", ramp: "Ramp, 0 to 1", zeros: "Zeros", ones: "Ones", values: "Values…" };

export const elementCount = shape => shape.reduce((product, length) => product * length, 1);

/** Makes a tensor's bytes. Throws what is wrong, for people. */
export function encode(datatype, shape, fill, text) {
  const count = elementCount(shape);
  if (count > mostElements) {
    throw new Error(`${count.toLocaleString("en-US")} elements are more than this page makes up.`);
  }

  if (fill === "values") {
    return encodeValues(datatype, count, parseValues(text, count));
  }

  const top = isFloat(datatype) || datatype === "BOOL" ? 1 : datatype === "INT8" ? 127 : 255;
  const make = {
    zeros: () => 0,
    ones: () => 1,
    ramp: i => count > 1 ? top * i / (count - 1) : 0,
    random: () => top * Math.random(),
  }[fill];
  return encodeValues(datatype, count, Array.from({ length: count }, (_, i) => datatype === "BYTES" ? (fill === "zeros" ? "" : `text ${i + 1}`) : isFloat(datatype) ? make(i) : Math.round(make(i))));
}

/** Reads a tensor of an answer: numbers, or texts. */
export function decode(datatype, bytes) {
  if (datatype === "BYTES") {
    return decodeTexts(bytes);
  }

  // A copy, so that it begins where its element size wants it.
  const buffer = bytes.slice().buffer;
  const [Kind] = kinds[datatype];
  const elements = Array.from(new Kind(buffer));
  return datatype === "FP16" ? elements.map(fromHalf) : datatype === "BF16" ? elements.map(fromBrain) : datatype === "BOOL" ? elements.map(element => element !== 0) : elements;
}

function parseValues(text, count) {
  let values;
  try {
    values = JSON.parse(text.trim().startsWith("[") ? text : `[${text}]`).flat(Infinity);
  } catch {
    throw new Error("The values are no JSON array, such as [1, 2, 3].");
  }

  if (values.length !== count) {
    throw new Error(`There are ${values.length.toLocaleString("en-US")} values; the shape wants ${count.toLocaleString("en-US")}.`);
  }

  return values;
}

function encodeValues(datatype, count, values) {
  if (datatype === "BYTES") {
    return encodeTexts(values.map(String));
  }

  const wrong = values.find(value => typeof value !== "number" && typeof value !== "boolean");
  if (wrong !== undefined) {
    throw new Error(`${JSON.stringify(wrong)} is no number.`);
  }

  const [Kind] = kinds[datatype];
  const convert = /64$/.test(datatype) && datatype !== "FP64" ? value => BigInt(Math.trunc(Number(value))) : datatype === "FP16" ? toHalf : datatype === "BF16" ? toBrain : Number;
  return new Uint8Array(Kind.from(values, convert).buffer);
}

function encodeTexts(texts) {
  const parts = texts.map(text => new TextEncoder().encode(text));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  let at = 0;
  for (const part of parts) {
    new DataView(bytes.buffer).setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }

  return bytes;
}

function decodeTexts(bytes) {
  const texts = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at, true);
    texts.push(new TextDecoder().decode(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }

  return texts;
}

// IEEE 754 binary16: sign 1, exponent 5, fraction 10.
function toHalf(value) {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  if (exponent >= 31) {
    return sign | 0x7c00 | (Number.isNaN(value) ? 0x200 : 0);
  }

  const fraction = bits & 0x7fffff;
  if (exponent > 0) {
    return sign | ((exponent << 10) + ((fraction + 0x1000) >>> 13));
  }

  return exponent < -10 ? sign : sign | (((fraction | 0x800000) >>> (14 - exponent)) + ((((fraction | 0x800000) >>> (13 - exponent)) & 1)));
}

function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  return exponent === 0 ? sign * fraction * 2 ** -24 : exponent === 31 ? (fraction ? NaN : sign * Infinity) : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const toBrain = value => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16;
const fromBrain = bits => new Float32Array(Uint32Array.of(bits << 16).buffer)[0];
