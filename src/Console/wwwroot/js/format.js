// How numbers read: three digits, a unit always near, a dash for what is not known.

const none = "–";
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const formats = [0, 1, 2, 3].map(digits => new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));

/** Three significant digits, never more than three places. */
export function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return none;
  }

  const size = Math.abs(value);
  if (size === 0) {
    return "0";
  }

  return size >= 100 ? whole.format(value) : formats[size >= 10 ? 1 : size >= 1 ? 2 : 3].format(value);
}

/** A count. */
export const count = value => value === null || value === undefined ? none : whole.format(value);

/** Per second: whole numbers where they are large. */
export const rate = value => value === 0 ? "0" : value < 0.05 ? "<0.1" : value >= 100 ? whole.format(value) : formats[1].format(value);

/** Milliseconds for a column whose head says so. */
export const milliseconds = value => number(value);

/** A duration in milliseconds, with the unit that suits it. */
export function duration(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return none;
  }

  return value === 0 ? "0 ms" : value < 1 ? `${number(value * 1000)} µs` : value < 1000 ? `${number(value)} ms` : `${number(value / 1000)} s`;
}

const units = ["B", "kB", "MB", "GB", "TB"];

/** Bytes, as a number and its unit. */
export function bytesParts(value) {
  if (value === null || value === undefined) {
    return [none, ""];
  }

  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }

  return [unit === 0 ? whole.format(value) : value >= 100 ? whole.format(value) : formats[1].format(value), units[unit]];
}

export const bytes = value => bytesParts(value).join("\u2009");

export const percent = value => value === null || value === undefined ? none : value === 0 ? "0\u2009%" : `${value >= 99.95 && value < 100 ? (Math.floor(value * 100) / 100).toFixed(2) : formats[value >= 10 ? 1 : 2].format(value)}\u2009%`;

/** For shares at which nobody looks closely. */
export const wholePercent = value => `${whole.format(value)}\u2009%`;

/** How long something has lasted. */
export function age(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  return days > 0 ? both(days, "d", hours % 24, "h") : hours > 0 ? both(hours, "h", minutes % 60, "min") : minutes > 0 ? `${minutes} min` : `${Math.floor(seconds)} s`;
}

const both = (large, largeUnit, small, smallUnit) => small > 0 ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;

/** A moment of today. */
export const clock = seconds => new Date(seconds * 1000).toLocaleTimeString("en-GB");

export const clockWithMilliseconds = seconds => `${clock(seconds)}.${String(Math.floor((seconds % 1) * 1000)).padStart(3, "0")}`;

/** An enum's word as a sentence's: NotFound → not found. */
export const words = text => text.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
