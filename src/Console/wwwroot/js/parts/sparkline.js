// A line without axes, for the shape of the last minutes.

import { h } from "../dom.js";
import { color } from "../theme.js";

export function sparkline(className = "spark") {
  return h("canvas", { class: className, "aria-hidden": "true" });
}

/** Draws values, oldest first, from zero to `top` or to the highest; a gap where there is none. */
export function drawSparkline(canvas, values, { top = 0, tone = "accent" } = {}) {
  const { width, height, context } = prepare(canvas);
  if (!context || values.length < 2) {
    return;
  }

  const highest = Math.max(top, ...values);
  const step = width / (values.length - 1);
  const y = value => height - 1.5 - (highest > 0 ? value / highest : 0) * (height - 3);
  const [line, area] = [new Path2D(), new Path2D()];
  values.forEach((value, i) => {
    if (value === null) {
      return;
    }

    const x = i * step;
    if (i === 0 || values[i - 1] === null) {
      line.moveTo(x, y(value));
      area.moveTo(x, height);
    }

    line.lineTo(x, y(value));
    area.lineTo(x, y(value));
    if (i === values.length - 1 || values[i + 1] === null) {
      area.lineTo(x, height);
    }
  });
  context.lineJoin = "round";
  context.lineWidth = 1.25;
  context.strokeStyle = color(highest > 0 ? tone : "line-strong");
  context.stroke(line);
  if (highest > 0) {
    context.globalAlpha = 0.13;
    context.fillStyle = color(tone);
    context.fill(area);
    context.globalAlpha = 1;
  }
}

/** Fits a canvas to its place and its screen's points, and wipes it. */
export function prepare(canvas) {
  const scale = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0 || height === 0) {
    return { width: 0, height: 0, context: null };
  }

  const [w, z] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== z) {
    canvas.width = w;
    canvas.height = z;
  }

  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { width, height, context };
}
