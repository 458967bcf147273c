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

// Sides of voxels at which a label ends, for each label: [row, column] of those that lie above a voxel and of those
// that stand left of one, one after another; the last row and column of corners lie behind the voxels.
export function edges(labels, shape, axis, index, flip) {
  const { start, down, across, rows, columns } = walk(shape, axis, index, flip);
  const found = new Map();
  const keep = (label, way, row, column) => {
    if (!label) return;
    let sides = found.get(label);
    if (!sides) found.set(label, (sides = [[], []]));
    sides[way].push(row, column);
  };
  for (let row = 0; row <= rows; row++) {
    let [place, left] = [start + row * down, 0];
    const [first, last] = [row === 0, row === rows];
    for (let column = 0; column < columns; column++, place += across) {
      const label = last ? 0 : labels[place];
      const above = first ? 0 : labels[place - down];
      if (label !== above) {
        keep(label, 0, row, column);
        keep(above, 0, row, column);
      }
      if (label !== left) {
        keep(label, 1, row, column);
        keep(left, 1, row, column);
        left = label;
      }
    }
    if (left) keep(left, 1, row, columns);
  }
  return found;
}

// Draw such sides into out (Uint32Array of height x width): voxel corner (row, column) lies at top + row * tall,
// left + column * wide.
export function strokeEdges(out, width, height, [lying, standing], colour, { left, top, wide, tall, thick }) {
  const half = thick / 2;
  const [x, y] = [(column) => Math.round(left + column * wide - half), (row) => Math.round(top + row * tall - half)];
  const fill = (top, bottom, left, right) => {
    [top, bottom, left, right] = [Math.max(top, 0), Math.min(bottom, height), Math.max(left, 0), Math.min(right, width)];
    for (let row = top; row < bottom; row++) {
      for (let place = row * width + left; place < row * width + right; place++) out[place] = colour;
    }
  };
  for (let at = 0; at < lying.length; at += 2) {
    const row = y(lying[at]);
    fill(row, row + thick, x(lying[at + 1]), x(lying[at + 1] + 1) + thick);
  }
  for (let at = 0; at < standing.length; at += 2) {
    const column = x(standing[at + 1]);
    fill(y(standing[at]), y(standing[at] + 1) + thick, column, column + thick);
  }
}
