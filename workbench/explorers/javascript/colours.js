// Stored integers to colours: the same arithmetic as drawing.py, so the same bytes.

// numpy.rint: a half goes to the even neighbour.
export function rint(x) {
  const rounded = Math.round(x);
  return x - Math.floor(x) === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}

export function toByte(value, level, width) {
  const scaled = (value - level) / width + 0.5;
  return rint(Math.min(Math.max(scaled, 0), 1) * 255);
}

export function mixByte(below, above, weight) {
  return ((below * (255 - weight) + above * weight + 127) / 255) | 0;
}

export const opacityWeight = (opacity) => Math.floor(opacity * 255 + 0.5);

// Grey level of each stored integer, indexed by its bits read as unsigned.
export function greyTable(grid, level, width) {
  const wide = grid.dtype !== "uint8";
  const table = new Uint8Array(wide ? 65536 : 256);
  const signed = grid.dtype === "int16";
  for (let stored = grid.low; stored <= grid.high; stored++) {
    table[signed ? stored & 0xffff : stored] = toByte(stored * grid.slope + grid.intercept, level, width);
  }
  return table;
}

// RGBA (little-endian) of each stored integer, for grey images; written into a table that is used again.
export function colourTable(table, grid, level, width, colours) {
  const shades = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    shades[i] = (0xff000000 | (colours[3 * i + 2] << 16) | (colours[3 * i + 1] << 8) | colours[3 * i]) >>> 0;
  }
  const { slope, intercept } = grid;
  for (let stored = grid.low; stored <= grid.high; stored++) {
    table[stored & 0xffff] = shades[toByte(stored * slope + intercept, level, width)];
  }
  return table;
}

function mixColour(below, above, weight) {
  const red = mixByte(below & 255, above & 255, weight);
  const green = mixByte((below >> 8) & 255, (above >> 8) & 255, weight);
  const blue = mixByte((below >> 16) & 255, (above >> 16) & 255, weight);
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

// Where the voxels of one plane lie in the volume: start, step between rows, step between columns.
export function walk(shape, axis, index, flip) {
  const [, rowsOfSlice, columns] = shape;
  const strides = [rowsOfSlice * columns, columns, 1];
  const [r, c] = rowColumn(axis);
  const start = strides[axis] * index + (flip ? strides[r] * (shape[r] - 1) : 0);
  return { start, down: flip ? -strides[r] : strides[r], across: strides[c], rows: shape[r], columns: shape[c] };
}

export const rowColumn = (axis) => [[1, 2], [0, 2], [0, 1]][axis];

// Fill out (Uint32Array of rows x columns) with one plane's colours.
export function colourPlane(out, layer, axis, index, flip) {
  const { start, down, across, rows, columns } = walk(layer.grid.shape, axis, index, flip);
  const bits = layer.bits;
  let at = 0;
  if (layer.grid.channels === 3) {
    const grey = layer.grey;
    for (let row = 0; row < rows; row++) {
      for (let column = 0, from = 3 * (start + row * down); column < columns; column++, from += 3 * across) {
        out[at++] = (0xff000000 | (grey[bits[from + 2]] << 16) | (grey[bits[from + 1]] << 8) | grey[bits[from]]) >>> 0;
      }
    }
    return;
  }
  const table = layer.table;
  for (let row = 0; row < rows; row++) {
    for (let column = 0, from = start + row * down; column < columns; column++, from += across) {
      out[at++] = table[bits[from]];
    }
  }
}

export function paintLabels(out, labels, shape, palette, opacity, axis, index, flip) {
  const { start, down, across, rows, columns } = walk(shape, axis, index, flip);
  const weight = opacityWeight(opacity);
  if (weight === 0) return;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0, from = start + row * down; column < columns; column++, at++, from += across) {
      const label = labels[from];
      if (label) out[at] = mixColour(out[at], palette[(label - 1) % palette.length], weight);
    }
  }
}

// Show two planes in one, into the first.
export function combine(first, second, rows, columns, { mode, mix, tiles, spacing }) {
  if (mode === "blend") {
    const weight = opacityWeight(mix);
    for (let at = 0; at < first.length; at++) first[at] = mixColour(first[at], second[at], weight);
  } else if (mode === "swipe") {
    const from = Math.min(Math.max(Math.floor(mix * columns + 0.5), 0), columns);
    for (let row = 0; row < rows; row++) {
      const begin = row * columns;
      first.set(second.subarray(begin + from, begin + columns), begin + from);
    }
  } else if (mode === "checkerboard") {
    const side = (columns * spacing[1]) / tiles;
    for (let row = 0, at = 0; row < rows; row++) {
      const down = Math.floor(((row + 0.5) * spacing[0]) / side);
      for (let column = 0; column < columns; column++, at++) {
        if ((down + Math.floor(((column + 0.5) * spacing[1]) / side)) % 2) first[at] = second[at];
      }
    }
  }
}

// Sides of voxels at which a label ends, one path per label, in voxel corners (column, row).
export function edges(labels, shape, axis, index, flip) {
  const { start, down, across, rows, columns } = walk(shape, axis, index, flip);
  const paths = new Map();
  const at = (row, column) =>
    row < 0 || column < 0 || row >= rows || column >= columns ? 0 : labels[start + row * down + column * across];
  const line = (label, x0, y0, x1, y1) => {
    if (!label) return;
    if (!paths.has(label)) paths.set(label, new Path2D());
    const path = paths.get(label);
    path.moveTo(x0, y0);
    path.lineTo(x1, y1);
  };
  for (let row = 0; row <= rows; row++) {
    let begin = 0, above = 0, below = 0;
    for (let column = 0; column <= columns; column++) {
      const a = column < columns ? at(row - 1, column) : 0;
      const b = column < columns ? at(row, column) : 0;
      if (a === above && b === below) continue;
      if (above !== below) {
        line(above, begin, row, column, row);
        line(below, begin, row, column, row);
      }
      [begin, above, below] = [column, a, b];
    }
  }
  for (let column = 0; column <= columns; column++) {
    let begin = 0, left = 0, right = 0;
    for (let row = 0; row <= rows; row++) {
      const a = row < rows ? at(row, column - 1) : 0;
      const b = row < rows ? at(row, column) : 0;
      if (a === left && b === right) continue;
      if (left !== right) {
        line(left, column, begin, column, row);
        line(right, column, begin, column, row);
      }
      [begin, left, right] = [row, a, b];
    }
  }
  return paths;
}
