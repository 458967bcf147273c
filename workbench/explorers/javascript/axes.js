// What figures in the browser share: round ticks, and SVG elements.
const SVG = "http://www.w3.org/2000/svg";

export const shape = (name, attributes = {}, text = null) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  return made;
};

export const ticks = (low, high, most) => {
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = [1, 2, 5, 10].map((factor) => power * factor).find((one) => (high - low) / one <= most) ?? power * 10;
  const digits = Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 12);
  const made = [];
  for (let at = Math.ceil(low / step - 1e-9) * step; at <= high + step * 1e-9; at += step) {
    made.push([at, (Math.abs(at) < step / 2 ? 0 : at).toFixed(digits).replace("-", "−")]);
  }
  return made;
};

// A frame with axes; returns the group that holds it.
export const frame = (box, across, up, x, y) => {
  const group = shape("g");
  for (const [at, text] of ticks(...across.range, 6)) {
    group.append(shape("line", { class: "wb-grid", x1: x(at), x2: x(at), y1: box.top, y2: box.bottom }));
    group.append(shape("text", { x: x(at), y: box.bottom + 16, "text-anchor": "middle" }, text));
  }
  for (const [at, text] of ticks(...up.range, 6)) {
    group.append(shape("line", { class: "wb-grid", x1: box.left, x2: box.right, y1: y(at), y2: y(at) }));
    group.append(shape("text", { x: box.left - 6, y: y(at) + 4, "text-anchor": "end" }, text));
  }
  group.append(shape("text", { class: "wb-axis", x: (box.left + box.right) / 2, y: box.bottom + 34, "text-anchor": "middle" }, across.name));
  const middle = (box.top + box.bottom) / 2;
  group.append(shape("text", { class: "wb-axis", x: 13, y: middle, "text-anchor": "middle", transform: `rotate(-90 13 ${middle})` }, up.name));
  return group;
};
