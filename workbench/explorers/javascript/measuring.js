// Positions, lengths and statistics, in the image's own units.
import { rowColumn } from "./colours.js";

export const OPPOSITE = { R: "L", L: "R", A: "P", P: "A", I: "S", S: "I" };

export function valueAt(layer, [z, y, x]) {
  const { shape, channels, slope, intercept, dtype } = layer.grid;
  const from = ((z * shape[1] + y) * shape[2] + x) * channels;
  const decode = (bits) => (dtype === "int16" ? (bits << 16) >> 16 : bits) * slope + intercept;
  return channels === 3 ? [0, 1, 2].map((c) => decode(layer.bits[from + c])) : decode(layer.bits[from]);
}

// (slice, row, column) to LPS millimetres; null where the affine is unknown.
export function millimetres(grid, [z, y, x]) {
  const a = grid.affine;
  if (!a) return null;
  return [0, 4, 8].map((row) => a[row] * z + a[row + 1] * y + a[row + 2] * x + a[row + 3]);
}

export function formatPlace(place) {
  const letters = ["R L", "A P", "I S"].map((pair) => pair.split(" "));
  return place.map((mm, i) => `${letters[i][mm < 0 ? 0 : 1]} ${Math.abs(mm).toFixed(1)}`).join("  ") + " mm";
}

// As many digits as the smallest step deserves: none for whole numbers, else down to a thousandth of the range.
export function formatNumber(value, grid, extra = 0) {
  const range = Math.max((grid.high - grid.low) * grid.slope, 1e-12);
  const digits = grid.slope === 1 && range > 3 ? extra : Math.max(0, 3 - Math.ceil(Math.log10(range))) + extra;
  return value.toFixed(Math.min(digits, 12)).replace("-", "\u2212");
}

export function formatValue(value, grid) {
  const text = [].concat(value).map((one) => formatNumber(one, grid)).join(", ");
  return grid.units ? `${text} ${grid.units}` : text;
}

export function lengthOf(grid, axis, [from, to]) {
  const [r, c] = rowColumn(axis);
  return Math.hypot((to[0] - from[0]) * grid.spacing[r], (to[1] - from[1]) * grid.spacing[c]);
}

// Mean, standard deviation and number of the voxels whose centres lie in a rectangle or an ellipse.
export function statistics(layer, region) {
  const { shape } = layer.grid;
  const [r, c] = rowColumn(region.axis);
  const [[r0, c0], [r1, c1]] = region.points;
  const [top, bottom, left, right] = [Math.min(r0, r1), Math.max(r0, r1), Math.min(c0, c1), Math.max(c0, c1)];
  const middle = [(top + bottom) / 2, (left + right) / 2];
  const radii = [Math.max((bottom - top) / 2, 1e-9), Math.max((right - left) / 2, 1e-9)];
  const values = [];
  const place = [0, 0, 0];
  place[region.axis] = region.index;
  for (let row = Math.max(Math.ceil(top), 0); row <= Math.min(Math.floor(bottom), shape[r] - 1); row++) {
    for (let column = Math.max(Math.ceil(left), 0); column <= Math.min(Math.floor(right), shape[c] - 1); column++) {
      const away = ((row - middle[0]) / radii[0]) ** 2 + ((column - middle[1]) / radii[1]) ** 2;
      if (region.kind === "ellipse" && away > 1 + 1e-9) continue;
      place[r] = row;
      place[c] = column;
      const value = valueAt(layer, place);
      values.push(Array.isArray(value) ? (value[0] + value[1] + value[2]) / 3 : value);
    }
  }
  const n = values.length;
  if (!n) return { n: 0, mean: null, sd: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  return { n, mean, sd };
}

// Give the voxels in a disc of a plane a label; returns the changed box [[from], [to]] (inclusive) or null.
export function paintDisc(labels, grid, axis, index, [row, column], radius, label) {
  const { shape, spacing } = grid;
  const [r, c] = rowColumn(axis);
  const scale = Math.min(spacing[r], spacing[c]);
  const reach = [(radius * scale) / spacing[r], (radius * scale) / spacing[c]];
  const first = [Math.max(Math.ceil(row - reach[0]), 0), Math.max(Math.ceil(column - reach[1]), 0)];
  const last = [Math.min(Math.floor(row + reach[0]), shape[r] - 1), Math.min(Math.floor(column + reach[1]), shape[c] - 1)];
  const strides = [shape[1] * shape[2], shape[2], 1];
  for (let y = first[0]; y <= last[0]; y++) {
    for (let x = first[1]; x <= last[1]; x++) {
      if (((y - row) / reach[0]) ** 2 + ((x - column) / reach[1]) ** 2 > 1) continue;
      labels[index * strides[axis] + y * strides[r] + x * strides[c]] = label;
    }
  }
  if (first[0] > last[0] || first[1] > last[1]) return null;
  const from = [0, 0, 0], to = [0, 0, 0];
  from[axis] = to[axis] = index;
  [from[r], from[c], to[r], to[c]] = [first[0], first[1], last[0], last[1]];
  return [from, to];
}
