// The canvas: one image (and perhaps a second, and a mask) in one or more linked planes.
import { Controls } from "./controls.js";
import { Hand } from "./hand.js";
import { Histogram } from "./histogram.js";
import { press } from "./keyboard.js";
import { Layers } from "./layers.js";
import { formatNumber, formatPlace, formatValue, millimetres, valueAt } from "./measuring.js";
import { Pane } from "./pane.js";
import { keepStill, revive } from "./saving.js";
import { toolbar } from "./toolbar.js";

const DRAWN = [
  "level", "width", "colormap", "opacity", "outline", "zoom", "center", "crosshair", "tool", "brush_radius", "brush_label", "boxes",
  "regions", "mode", "mix", "tiles", "other_level", "other_width", "other_colormap", "same_window", "title", "alt", "show_crosshair",
  "show_letters", "smooth", "histogram",
];
const TOOLBAR = ["presets", "tools", "colormaps"];
// Milliseconds of rest after which Python is told, and between two tellings of what stands where.
const REST = 150;
const SAID = 100;

class View {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.layers = new Layers();
    this.panes = [];
    this.hand = new Hand(this);
    this.palette = model.get("_palette");
    this.palette32 = Uint32Array.from(this.palette, (hex) => {
      const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
      return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
    });
    this.build();
    this.listen();
    model.send({ kind: "ready" });
  }

  build() {
    this.root = document.createElement("div");
    this.root.className = "wb-canvas";
    this.root.dataset.lmSuppressShortcuts = "true";
    this.root.dataset.jpSuppressContextMenu = "true";
    this.stage = document.createElement("div");
    this.stage.className = "wb-stage";
    this.stage.style.height = `${this.model.get("height")}px`;
    this.toolbar = toolbar(this);
    this.toolbar.row.hidden = !this.model.get("show_toolbar");
    this.readout = document.createElement("div");
    this.readout.className = "wb-readout";
    this.readout.hidden = !this.model.get("show_readout");
    this.live = document.createElement("div");
    this.live.className = "wb-hidden";
    this.live.setAttribute("aria-live", "polite");
    this.stage.textContent = "Loading the image \u2026";
    this.histogram = new Histogram(this);
    this.controls = new Controls(this);
    this.root.append(this.toolbar.row, this.stage, this.histogram.canvas, this.readout, this.controls.element, this.live);
    this.el.append(this.root);
  }

  listen() {
    const { model } = this;
    this.receive = (message, buffers) => {
      if (message.kind !== "pixels") return;
      this.layers.receive(message, buffers);
      if (message.layer === "image" && message.grid) this.arrange();
      this.schedule();
    };
    model.on("msg:custom", this.receive);
    this.change = () => this.schedule();
    for (const name of DRAWN) model.on(`change:${name}`, this.change);
    this.rebuild = () => { this.panes = []; this.arrange(); this.schedule(); };
    model.on("change:panes", this.rebuild);
    model.on("change:height", this.rebuild);
    this.retool = () => {
      const made = toolbar(this);
      made.row.hidden = this.toolbar.row.hidden;
      this.toolbar.row.replaceWith(made.row);
      this.toolbar = made;
      this.schedule();
    };
    for (const name of TOOLBAR) model.on(`change:${name}`, this.retool);
    this.recontrol = () => { this.controls.build(); this.schedule(); };
    model.on("change:controls", this.recontrol);
    // Sizes are told, not asked for: asking makes the browser lay out the page in the middle of a drag.
    this.observer = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) target.wbSize = [contentRect.width, contentRect.height];
      this.schedule();
    });
    this.observer.observe(this.histogram.canvas);
    this.root.addEventListener("keydown", (event) => press(this, event));
  }

  // ---- state
  get crosshair() { return this.model.get("crosshair"); }
  get grid() { return this.layers.image?.grid; }
  get centre() {
    const centre = this.model.get("center");
    return centre.length ? centre : this.grid.shape.map((length) => (length - 1) / 2);
  }

  set(values) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    this.unsaved = true;
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), REST);
    this.schedule();
  }

  // Python learns of a move when the hand rests: a message for each would make the whole page work.
  save() {
    clearTimeout(this.saving);
    if (!this.unsaved) return;
    this.unsaved = false;
    this.model.save_changes();
  }

  send(content, buffers = []) {
    this.save();
    this.model.send(content, undefined, buffers);
  }

  moveTo(axis, index) {
    const at = [...this.crosshair];
    at[axis] = Math.min(Math.max(index, 0), this.grid.shape[axis] - 1);
    this.set({ crosshair: at });
  }

  // A window within what makes sense for these pixels.
  setWindow(low, high) {
    const { grid } = this;
    const values = [grid.low * grid.slope + grid.intercept, grid.high * grid.slope + grid.intercept];
    const presets = Object.values(this.model.get("presets"));
    const [least, most] = [Math.min(values[0], ...presets.map(([level]) => level)), Math.max(values[1], ...presets.map(([level]) => level))];
    const widest = Math.max(2 * (values[1] - values[0]), ...presets.map(([, width]) => width), grid.slope);
    const whole = grid.slope === 1 && widest > 20;
    const tidy = (value) => (whole ? Math.round(value) : value);
    this.set({
      level: tidy(Math.min(Math.max((low + high) / 2, least), most)),
      width: tidy(Math.min(Math.max(high - low, grid.slope), widest)),
    });
  }

  scroll(pane, steps) {
    if (this.grid.shape[pane.axis] > 1) this.moveTo(pane.axis, pane.index + steps);
    else if (this.model.get("scrolls")) this.send({ kind: "scroll", steps });
  }

  zoomAt(pane, factor, x, y) {
    const before = pane.place();
    const [r, c] = pane.axes;
    const zoom = this.model.get("zoom");
    const next = Math.min(Math.max(zoom * factor, 0.25), 64);
    const centre = [...this.centre];
    const kept = 1 - zoom / next;
    centre[r] += (before.row(y) - centre[r]) * kept;
    centre[c] += (before.column(x) - centre[c]) * kept;
    this.set({ zoom: next, center: centre });
  }

  reset() { this.set({ zoom: 1, center: [] }); }

  // A number in the image's units, with as many digits as they deserve.
  number(value) { return formatNumber(value, this.grid); }

  // ---- drawing
  arrange() {
    this.stage.style.height = `${this.model.get("height")}px`;
    const axes = this.model.get("panes");
    if (this.panes.map((pane) => pane.axis).join() !== axes.join()) {
      this.panes = axes.map((axis) => new Pane(this, axis));
      this.stage.replaceChildren(...this.panes.map((pane) => pane.element));
      for (const pane of this.panes) {
        this.hand.follow(pane);
        this.observer.observe(pane.canvas);
      }
    }
    for (const pane of this.panes) pane.element.style.flexGrow = pane.extent()[1];
  }

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    // Out of sight (a hidden tab, a theme being exchanged) there is no size to draw at.
    if (!this.grid || this.panes.some((pane) => !pane.resize())) return;
    const { model, layers } = this;
    const shown = [model.get("level"), model.get("width")];
    layers.colour(layers.image, ...shown, model.get("colormap"), this.colours(model.get("colormap")));
    if (layers.other) {
      const other = model.get("same_window") ? shown : [model.get("other_level"), model.get("other_width")];
      layers.colour(layers.other, ...other, model.get("other_colormap"), this.colours(model.get("other_colormap")));
    }
    // One scale for all planes, so that a millimetre is a millimetre everywhere.
    this.scale = Math.min(...this.panes.map((pane) => {
      const [height, width] = pane.extent();
      return Math.min(pane.width / width, pane.height / height);
    }));
    for (const pane of this.panes) pane.draw();
    this.histogram.draw();
    this.controls.draw();
    this.tell();
    this.drawn = (this.drawn || 0) + 1;
    this.root.dataset.drawn = this.drawn;
  }

  colours(name) {
    const bytes = this.model.get("_colortables");
    const at = Math.max(this.model.get("_colornames").indexOf(name), 0);
    return new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0).subarray(768 * at, 768 * (at + 1));
  }

  // ---- words
  // Words change the page's layout, so while a hand moves they follow a few times a second.
  tell() {
    clearTimeout(this.telling);
    const wait = (this.told ?? -SAID) + SAID - performance.now();
    if (wait > 0) {
      this.telling = setTimeout(() => this.tell(), wait);
      return;
    }
    this.told = performance.now();
    this.toolbar.update();
    for (const pane of this.panes) pane.tell();
    this.histogram.tell();
    this.controls.tell();
    this.read();
  }

  read() {
    const at = this.pointer?.voxel ?? this.crosshair;
    const { grid, layers } = this;
    const index = grid.shape[0] === 1 ? at.slice(1) : at;
    const place = millimetres(grid, at);
    const parts = [`(${index.join(", ")})`, place && formatPlace(place), formatValue(valueAt(layers.image, at), grid)];
    if (layers.other) parts.push(formatValue(valueAt(layers.other, at), layers.other.grid));
    if (layers.mask) {
      const label = layers.mask.labels[(at[0] * grid.shape[1] + at[1]) * grid.shape[2] + at[2]];
      parts.push(label ? this.model.get("label_names")[label] || `label ${label}` : "background");
    }
    const words = parts.filter(Boolean);
    if (this.said === words.join()) return;
    this.said = words.join();
    this.readout.replaceChildren(...words.map((word) => Object.assign(document.createElement("span"), { textContent: word })));
  }

  announce() {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => { this.live.textContent = Array.from(this.readout.children, (one) => one.textContent).join(", "); }, 250);
  }

  remove() {
    this.save();
    cancelAnimationFrame(this.frame);
    for (const timer of [this.speaking, this.telling]) clearTimeout(timer);
    this.observer.disconnect();
    this.model.off("msg:custom", this.receive);
    for (const name of DRAWN) this.model.off(`change:${name}`, this.change);
    for (const name of TOOLBAR) this.model.off(`change:${name}`, this.retool);
    this.model.off("change:panes", this.rebuild);
    this.model.off("change:height", this.rebuild);
    this.model.off("change:controls", this.recontrol);
    this.root.remove();
  }
}

function initialize({ model }) {
  keepStill(model);
  revive(model);
}

function render({ model, el }) {
  const view = new View(model, el);
  el.wbView = view;
  return () => view.remove();
}

export default { initialize, render };
