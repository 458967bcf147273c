// One plane: its pixels, what is written over them, and where the pointer is.
import { colourPlane, combine, edges, paintLabels, rowColumn, strokeEdges } from "./colours.js";
import { formatNumber, lengthOf } from "./measuring.js";

const ACCENT = "#6cc8ff";
const MEASURE = "#ffd54a";
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export class Pane {
  constructor(view, axis) {
    this.view = view;
    this.axis = axis;
    this.element = document.createElement("div");
    this.element.className = "wb-pane";
    this.canvas = document.createElement("canvas");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.canvas.dataset.lmSuppressShortcuts = "true";
    this.canvas.dataset.axis = axis;
    this.slider = document.createElement("input");
    this.slider.type = "range";
    this.slider.min = 0;
    this.slider.step = 1;
    this.slider.dataset.lmSuppressShortcuts = "true";
    this.slider.addEventListener("input", () => this.view.moveTo(this.axis, Number(this.slider.value)));
    this.slider.addEventListener("change", () => this.view.save());
    this.element.append(this.canvas, this.slider);
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.plane = document.createElement("canvas");
    this.width = this.height = 0;
  }

  get grid() { return this.view.layers.image.grid; }
  get about() { return this.grid.planes[this.axis]; }
  get index() { return this.view.crosshair[this.axis]; }
  get axes() { return rowColumn(this.axis); }

  // Size of the plane in millimetres: [height, width].
  extent() {
    const [r, c] = rowColumn(this.axis);
    return [this.grid.shape[r] * this.grid.spacing[r], this.grid.shape[c] * this.grid.spacing[c]];
  }

  // Take the size that the page gives; false where it gives none.
  resize() {
    const [wide, high] = this.canvas.wbSize ?? [0, 0];
    if (!wide || !high) return false;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(Math.round(wide * ratio), 1);
    const height = Math.max(Math.round(high * ratio), 1);
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    [this.width, this.height, this.ratio] = [width / ratio, height / ratio, ratio];
    return true;
  }

  // Screen (CSS pixels within the pane) of a place in the plane, in voxels (row, column); voxel centres are whole.
  place() {
    const [r, c] = rowColumn(this.axis);
    const { spacing } = this.grid;
    const scale = this.view.scale * this.view.model.get("zoom");
    const centre = this.view.centre;
    const flip = this.about.flip ? -1 : 1;
    return {
      x: (column) => this.width / 2 + (column - centre[c]) * spacing[c] * scale,
      y: (row) => this.height / 2 + flip * (row - centre[r]) * spacing[r] * scale,
      column: (x) => (x - this.width / 2) / (spacing[c] * scale) + centre[c],
      row: (y) => (flip * (y - this.height / 2)) / (spacing[r] * scale) + centre[r],
      scale,
    };
  }

  // The voxel under a point of the screen, or null; whole numbers (slice, row, column).
  voxel(x, y) {
    const to = this.place();
    const [r, c] = rowColumn(this.axis);
    const found = [...this.view.crosshair];
    [found[r], found[c]] = [Math.round(to.row(y)), Math.round(to.column(x))];
    return found.every((at, axis) => at >= 0 && at < this.grid.shape[axis]) ? found : null;
  }

  fill() {
    const { model, layers } = this.view;
    const grid = this.grid;
    const [r, c] = rowColumn(this.axis);
    const [rows, columns] = [grid.shape[r], grid.shape[c]];
    if (this.plane.width !== columns || this.plane.height !== rows || !this.data) {
      [this.plane.width, this.plane.height] = [columns, rows];
      this.data = new ImageData(columns, rows);
      this.out = new Uint32Array(this.data.data.buffer);
      this.base = new Uint32Array(this.out.length);
      this.second = this.below = null;
    }
    const flip = this.about.flip;
    const mode = layers.other ? model.get("mode") : "single";
    const mixed = mode === "single" ? "" : [mode, model.get("mix"), model.get("tiles"), layers.other.key].join();
    const below = [this.index, layers.image.key, mixed, layers.revision].join();
    const labelled = layers.mask ? [model.get("opacity"), layers.mask.revision].join() : "";
    if (this.below === below && this.labelled === labelled) return;
    if (this.below !== below) {
      this.below = below;
      colourPlane(this.base, layers.image, this.axis, this.index, flip);
      if (mixed) {
        this.second ??= new Uint32Array(this.out.length);
        colourPlane(this.second, layers.other, this.axis, this.index, flip);
        const spacing = [grid.spacing[r], grid.spacing[c]];
        combine(this.base, this.second, rows, columns, { mode, mix: model.get("mix"), tiles: model.get("tiles"), spacing });
      }
    }
    this.labelled = labelled;
    this.out.set(this.base);
    if (layers.mask) {
      const { labels } = layers.mask;
      paintLabels(this.out, labels, grid.shape, this.view.palette32, model.get("opacity"), this.axis, this.index, flip);
    }
    this.plane.getContext("2d").putImageData(this.data, 0, 0);
  }

  draw() {
    const { model } = this.view;
    const context = this.context;
    const [r, c] = rowColumn(this.axis);
    const { shape, spacing } = this.grid;
    const to = this.place();
    this.fill();
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.width, this.height);
    const enlarged = Math.min(spacing[r], spacing[c]) * to.scale * this.ratio;
    context.imageSmoothingEnabled = model.get("smooth") && enlarged < 4;
    context.imageSmoothingQuality = enlarged < 0.5 ? "medium" : "low";
    const flip = this.about.flip;
    const [left, top] = [to.x(-0.5), to.y(flip ? shape[r] - 0.5 : -0.5)];
    const [width, height] = [shape[c] * spacing[c] * to.scale, shape[r] * spacing[r] * to.scale];
    context.drawImage(this.plane, left, top, width, height);
    this.outline(left, top, width / shape[c], height / shape[r]);
    this.boxes(to);
    if (model.get("show_crosshair")) this.crosshair(to);
    this.regions(to);
    this.swipeLine(left, top, width, height);
    if (this.view.pointer?.pane === this) this.brush(to);
    if (model.get("show_letters")) this.write(to);
    if (Number(this.slider.max) !== shape[this.axis] - 1) this.slider.max = shape[this.axis] - 1;
    if (this.slider.valueAsNumber !== this.index) this.slider.value = this.index;
    const single = shape[this.axis] === 1;
    if (this.slider.hidden !== single) this.slider.hidden = single;
  }

  tell() {
    const say = (element, values) => {
      for (const [name, text] of Object.entries(values)) if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    };
    say(this.slider, { "aria-label": `${this.about.name} slice`, "aria-valuetext": `${this.index + 1} of ${this.grid.shape[this.axis]}` });
    say(this.canvas, { "aria-label": this.describe() });
  }

  describe() {
    const { model } = this.view;
    const about = model.get("alt") || "medical image";
    const slices = this.grid.shape[this.axis];
    const slice = slices > 1 ? `, ${this.about.name} slice ${this.index + 1} of ${slices}` : "";
    return `${about}${slice}. Arrow keys move the crosshair, page keys change slice, plus and minus zoom.`;
  }

  // Outlines stay as they are while window and opacity move: drawn once, then copied. What borders a label is kept
  // for each slice, so that scrolling back is free.
  outline(left, top, across, down) {
    const { model, layers } = this.view;
    if (!layers.mask || !model.get("outline")) return;
    const { labels, arrived, revision } = layers.mask;
    const held = [arrived, revision].join();
    if (this.held !== held) [this.held, this.traced] = [held, new Map()];
    if (!this.traced.has(this.index)) this.traced.set(this.index, edges(labels, this.grid.shape, this.axis, this.index, this.about.flip));
    const traced = this.traced.get(this.index);
    if (!traced.size) return;
    const { width, height } = this.canvas;
    const key = [held, this.index, left, top, across, down, width, height].join();
    if (this.outlined !== key) {
      this.outlined = key;
      if (this.lines?.width !== width || this.lines?.height !== height) {
        this.outlines = Object.assign(document.createElement("canvas"), { width, height });
        this.lines = new ImageData(width, height);
        this.ink = new Uint32Array(this.lines.data.buffer);
      } else this.ink.fill(0);
      const place = { left: left * this.ratio, top: top * this.ratio, wide: across * this.ratio, tall: down * this.ratio, thick: Math.max(Math.round(1.25 * this.ratio), 1) };
      const colours = this.view.palette32;
      for (const [label, sides] of traced) strokeEdges(this.ink, width, height, sides, colours[(label - 1) % colours.length], place);
      this.outlines.getContext("2d").putImageData(this.lines, 0, 0);
    }
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(this.outlines, 0, 0, this.width, this.height);
  }

  boxes(to) {
    const context = this.context;
    for (const [at, box] of this.view.model.get("boxes").entries()) {
      if ((box.axis ?? 0) !== this.axis || (box.slice ?? this.index) !== this.index) continue;
      const palette = this.view.palette;
      const colour = box.color || palette[at % palette.length];
      const [x0, y0] = [to.x(box.left - 0.5), to.y(box.top - 0.5)];
      const [x1, y1] = [to.x(box.right - 0.5), to.y(box.bottom - 0.5)];
      context.strokeStyle = colour;
      context.lineWidth = 1.5;
      context.strokeRect(x0, y0, x1 - x0, y1 - y0);
      const words = [box.label, box.score === undefined ? null : Number(box.score).toFixed(2)];
      this.text(words.filter((word) => word).join(" "), Math.min(x0, x1), Math.min(y0, y1) - 4, { fill: colour, base: "bottom" });
    }
  }

  crosshair(to) {
    const [r, c] = rowColumn(this.axis);
    const at = this.view.crosshair;
    const [x, y] = [Math.round(to.x(at[c])) + 0.5, Math.round(to.y(at[r])) + 0.5];
    const gap = 10;
    const context = this.context;
    context.strokeStyle = ACCENT;
    context.globalAlpha = 0.75;
    context.lineWidth = 1;
    context.beginPath();
    for (const [x0, y0, x1, y1] of [[0, y, x - gap, y], [x + gap, y, this.width, y], [x, 0, x, y - gap], [x, y + gap, x, this.height]]) {
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  swipeLine(left, top, width, height) {
    const { model, layers } = this.view;
    if (!layers.other || model.get("mode") !== "swipe") return;
    const x = Math.round(left + model.get("mix") * width) + 0.5;
    const context = this.context;
    context.strokeStyle = "#fff";
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, Math.max(top, 0));
    context.lineTo(x, Math.min(top + height, this.height));
    context.stroke();
    const middle = Math.min(Math.max(top + height / 2, 12), this.height - 12);
    context.beginPath();
    context.arc(x, middle, 9, 0, 2 * Math.PI);
    context.fillStyle = "rgba(20, 24, 28, 0.85)";
    context.fill();
    context.stroke();
    this.text("\u2039 \u203a", x, middle, { align: "center", base: "middle" });
  }

  brush(to) {
    const { model, pointer } = this.view;
    if (!["brush", "erase"].includes(model.get("tool"))) return;
    const [r, c] = rowColumn(this.axis);
    const radius = model.get("brush_radius") * Math.min(this.grid.spacing[r], this.grid.spacing[c]) * to.scale;
    const context = this.context;
    context.strokeStyle = model.get("tool") === "erase" ? "#fff" : this.view.palette[(model.get("brush_label") - 1) % this.view.palette.length];
    context.lineWidth = 1.25;
    context.beginPath();
    context.arc(pointer.x, pointer.y, Math.max(radius, 2), 0, 2 * Math.PI);
    context.stroke();
  }

  regions(to) {
    const { model } = this.view;
    const drawn = [...model.get("regions"), ...(this.view.drafting ? [this.view.drafting] : [])];
    const context = this.context;
    for (const region of drawn) {
      if (region.axis !== this.axis || region.index !== this.index) continue;
      const [x0, y0, x1, y1] = [to.x(region.points[0][1]), to.y(region.points[0][0]), to.x(region.points[1][1]), to.y(region.points[1][0])];
      context.strokeStyle = MEASURE;
      context.lineWidth = 1.5;
      context.beginPath();
      if (region.kind === "ruler") {
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
        for (const [x, y] of [[x0, y0], [x1, y1]]) {
          context.moveTo(x + 3, y);
          context.arc(x, y, 3, 0, 2 * Math.PI);
        }
      } else if (region.kind === "ellipse") {
        context.ellipse((x0 + x1) / 2, (y0 + y1) / 2, Math.abs(x1 - x0) / 2, Math.abs(y1 - y0) / 2, 0, 0, 2 * Math.PI);
      } else {
        context.rect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
      }
      context.stroke();
      this.text(this.measured(region), Math.max(x0, x1) + 6, Math.max(y0, y1), { fill: MEASURE, base: "middle" });
    }
  }

  measured(region) {
    const unit = this.grid.measured ? "mm" : "px";
    if (region.kind === "ruler") return `${lengthOf(this.grid, region.axis, region.points).toFixed(1)} ${unit}`;
    if (!region.n) return "";
    const show = (value) => formatNumber(value, this.grid, 1);
    return `${show(region.mean)} \u00b1 ${show(region.sd)}${this.grid.units ? ` ${this.grid.units}` : ""} (n ${region.n})`;
  }

  write() {
    const { model } = this.view;
    const letters = this.about.letters;
    const [w, h] = [this.width, this.height];
    if (letters) {
      const bold = `600 ${FONT.replace("12px", "14px")}`;
      this.text(letters[0], w / 2, 6, { align: "center", base: "top", font: bold });
      this.text(letters[1], w - 8, h / 2, { align: "right", base: "middle", font: bold });
      this.text(letters[2], w / 2, h - 6, { align: "center", base: "bottom", font: bold });
      this.text(letters[3], 8, h / 2, { base: "middle", font: bold });
    }
    const slices = this.grid.shape[this.axis];
    const title = this.view.panes[0] === this ? model.get("title") : "";
    const slice = slices > 1 ? `${this.about.name} ${this.index + 1}/${slices}` : "";
    this.text(title || slice, 8, 6, { base: "top" });
    if (title) this.text(slice, 8, 22, { base: "top" });
    if (this.view.panes[0] === this) {
      const number = (value) => this.view.number(value);
      this.text(`L ${number(model.get("level"))}  W ${number(model.get("width"))}`, 8, h - 6, { base: "bottom" });
    }
    this.bar();
  }

  // A bar of a round length in millimetres.
  bar() {
    if (!this.grid.measured) return;
    const { scale } = this.place();
    const widest = Math.min(this.width * 0.2, 110) / scale;
    const round = [100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001].find((mm) => mm <= widest);
    if (!round || this.width < 160) return;
    const [x1, y] = [this.width - 8, this.height - 8];
    const x0 = x1 - round * scale;
    const context = this.context;
    for (const [colour, thick] of [["rgba(0,0,0,0.7)", 4], ["#fff", 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = thick;
      context.beginPath();
      context.moveTo(x0, y);
      context.lineTo(x1, y);
      context.stroke();
    }
    this.text(round >= 0.1 ? `${round} mm` : `${round * 1000} \u00b5m`, x1, y - 4, { align: "right", base: "bottom" });
  }

  text(words, x, y, { align = "left", base = "alphabetic", fill = "#fff", font = FONT } = {}) {
    if (!words) return;
    const context = this.context;
    [context.font, context.textAlign, context.textBaseline] = [font, align, base];
    [context.lineJoin, context.lineWidth, context.strokeStyle, context.fillStyle] = ["round", 3, "rgba(0,0,0,0.75)", fill];
    context.strokeText(words, x, y);
    context.fillText(words, x, y);
  }
}
