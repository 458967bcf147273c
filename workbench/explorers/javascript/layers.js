// What came from the kernel: pixels, a second image, a mask; and their colours, kept until something changes.
import { colourTable, greyTable } from "./colours.js";

export function wholeNumbers(buffer, dtype) {
  const view = buffer instanceof ArrayBuffer ? new DataView(buffer) : buffer;
  if (dtype === "uint8") return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (view.byteOffset % 2) return new Uint16Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  return new Uint16Array(view.buffer, view.byteOffset, view.byteLength / 2);
}

export class Layers {
  constructor() {
    this.image = this.other = this.mask = null;
    this.revision = 0;
  }

  // A large volume arrives in parts, runs of slices; all parts have one revision.
  receive({ layer, grid, revision, begin }, buffers) {
    this.revision++;
    if (!grid) {
      this[layer] = null;
      return;
    }
    const part = wholeNumbers(buffers[0], grid.dtype);
    const whole = grid.shape[0] * grid.shape[1] * grid.shape[2] * grid.channels;
    if (this[layer]?.arrived !== revision) {
      // A copy where more is to come, and for the brush, which writes into it.
      const own = part.length < whole || layer === "mask";
      const bits = own ? new part.constructor(whole) : part;
      this[layer] = { grid, bits, labels: bits, arrived: revision, revision: 0 };
    }
    const held = this[layer];
    if (held.bits !== part) held.bits.set(part, begin * grid.shape[1] * grid.shape[2] * grid.channels);
    held.revision++;
  }

  colour(layer, level, width, name, colours) {
    const key = `${level} ${width} ${name}`;
    if (layer.key === key) return;
    layer.key = key;
    if (layer.grid.channels === 3) layer.grey = greyTable(layer.grid, level, width);
    else layer.table = colourTable(layer.table ?? new Uint32Array(65536), layer.grid, level, width, colours);
  }
}
