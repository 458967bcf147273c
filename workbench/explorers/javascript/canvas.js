// The canvas: one image (and perhaps a second, and a mask) in one or more linked planes.
import { rowColumn } from "./colours.js";
import { Histogram } from "./histogram.js";
import { Layers } from "./layers.js";
import { formatNumber, formatPlace, formatValue, millimetres, paintDisc, statistics, valueAt } from "./measuring.js";
import { Pane } from "./pane.js";
import { TOOLS, toolbar } from "./toolbar.js";
import { keepStill, revive } from "./saving.js";

const DRAWN = [
  "level", "width", "colormap", "opacity", "outline", "zoom", "center", "crosshair", "tool", "brush_radius", "brush_label", "boxes",
  "regions", "mode", "mix", "tiles", "other_level", "other_width", "other_colormap", "title", "alt", "show_crosshair", "show_letters", "smooth", "histogram",
];
const TOOLBAR = ["presets", "tools", "colormaps"];

class View {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.layers = new Layers();
    this.panes = [];
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
    this.root.append(this.toolbar.row, this.stage, this.histogram.canvas, this.readout, this.live);
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
    this.observer = new ResizeObserver(() => this.schedule());
    this.root.addEventListener("keydown", (event) => this.key(event));
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
    this.schedule();
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

  // A number in the image's units, with as many digits as they deserve.
  number(value) { return formatNumber(value, this.grid); }

  reset() { this.set({ zoom: 1, center: [] }); }

  // ---- drawing
  arrange() {
    this.stage.style.height = `${this.model.get("height")}px`;
    const axes = this.model.get("panes");
    if (this.panes.map((pane) => pane.axis).join() !== axes.join()) {
      this.panes = axes.map((axis) => new Pane(this, axis));
      this.stage.replaceChildren(...this.panes.map((pane) => pane.element));
      for (const pane of this.panes) {
        this.follow(pane);
        this.observer.observe(pane.canvas);
      }
    }
    for (const pane of this.panes) pane.element.style.flexGrow = pane.extent()[1];
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
      if (this.unsaved) {
        this.unsaved = false;
        this.model.save_changes();
      }
    });
  }

  draw() {
    // Out of sight (a hidden tab, a theme being exchanged) there is no size to draw at.
    if (!this.grid || this.panes.some((pane) => !pane.canvas.clientWidth || !pane.canvas.clientHeight)) return;
    const began = performance.now();
    const { model, layers } = this;
    layers.colour(layers.image, model.get("level"), model.get("width"), model.get("colormap"), this.colours(model.get("colormap")));
    if (layers.other) {
      layers.colour(layers.other, model.get("other_level"), model.get("other_width"), model.get("other_colormap"), this.colours(model.get("other_colormap")));
    }
    for (const pane of this.panes) pane.resize();
    // One scale for all planes, so that a millimetre is a millimetre everywhere.
    this.scale = Math.min(...this.panes.map((pane) => {
      const [height, width] = pane.extent();
      return Math.min(pane.width / width, pane.height / height);
    }));
    for (const pane of this.panes) pane.draw();
    this.histogram.draw();
    this.toolbar.update();
    this.read();
    this.drawn = (this.drawn || 0) + 1;
    this.root.dataset.drawn = this.drawn;
    this.root.dataset.milliseconds = (performance.now() - began).toFixed(3);
  }

  colours(name) {
    const bytes = this.model.get("_colortables");
    const at = Math.max(this.model.get("_colornames").indexOf(name), 0);
    return new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0).subarray(768 * at, 768 * (at + 1));
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
    this.speaking = setTimeout(() => { this.live.textContent = this.readout.innerText.replaceAll("\n", ", "); }, 250);
  }

  // ---- pointer
  follow(pane) {
    const canvas = pane.canvas;
    const place = (event) => {
      const bounds = canvas.getBoundingClientRect();
      return [event.clientX - bounds.left, event.clientY - bounds.top];
    };
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      try { canvas.setPointerCapture(event.pointerId); } catch { /* a pointer made by a script */ }
      this.begin(pane, ...place(event), event);
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = place(event);
      this.pointer = { pane, x, y, voxel: pane.voxel(x, y) };
      if (this.drag) this.drag.move(x, y);
      this.schedule();
    });
    const end = (event) => {
      const drag = this.drag;
      this.drag = null;
      drag?.end?.(...place(event));
      this.schedule();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("pointerleave", () => { this.pointer = null; this.schedule(); });
    canvas.addEventListener("contextmenu", (event) => { event.preventDefault(); event.stopPropagation(); });
    canvas.addEventListener("dblclick", () => this.reset());
    canvas.addEventListener("wheel", (event) => this.wheel(pane, event, ...place(event)), { passive: false });
  }

  begin(pane, x, y, event) {
    const { model } = this;
    let tool = model.get("tool");
    if (event.button === 2) tool = "window";
    if (event.button === 1 || event.shiftKey) tool = "pan";
    if (tool === "navigate" && this.layers.other && model.get("mode") === "swipe") tool = "swipe";
    const voxel = pane.voxel(x, y);
    const to = pane.place();
    const [r, c] = rowColumn(pane.axis);
    const drags = {
      navigate: () => {
        const move = (px, py) => { const at = pane.voxel(px, py); if (at) this.set({ crosshair: at }); };
        move(x, y);
        return { move };
      },
      swipe: () => {
        const move = (px) => this.set({ mix: Math.min(Math.max((to.column(px) + 0.5) / this.grid.shape[c], 0), 1) });
        move(x);
        return { move };
      },
      window: () => {
        const [level, width] = [model.get("level"), model.get("width")];
        const { low, high, slope } = this.grid;
        const step = Math.max(width, ((high - low) * slope) / 200) / 250;
        return {
          move: (px, py) => {
            const [middle, wide] = [level + (py - y) * step, Math.max(width + (px - x) * step, slope)];
            this.setWindow(middle - wide / 2, middle + wide / 2);
          },
        };
      },
      pan: () => {
        const centre = [...this.centre];
        return {
          move: (px, py) => {
            const now = [...centre];
            now[c] = centre[c] + to.column(x) - to.column(px);
            now[r] = centre[r] + to.row(y) - to.row(py);
            this.set({ center: now });
          },
        };
      },
      brush: () => this.stroke(pane, to, x, y),
      erase: () => this.stroke(pane, to, x, y),
    };
    for (const kind of ["ruler", "rectangle", "ellipse"]) drags[kind] = () => this.measure(pane, kind, to, x, y);
    this.drag = drags[tool]?.();
    if (this.drag && voxel && model.get("clicks") && ["navigate", "swipe"].includes(tool)) {
      const end = this.drag.end;
      this.drag.end = (px, py) => {
        end?.(px, py);
        if (Math.hypot(px - x, py - y) < 3) model.send({ kind: "click", index: voxel, axis: pane.axis, shift: event.shiftKey, alt: event.altKey });
      };
    }
  }

  measure(pane, kind, to, x, y) {
    const region = (px, py) => {
      const found = { kind, axis: pane.axis, index: pane.index, points: [[to.row(y), to.column(x)], [to.row(py), to.column(px)]] };
      return kind === "ruler" ? found : { ...found, ...statistics(this.layers.image, found) };
    };
    return {
      move: (px, py) => { this.drafting = region(px, py); this.schedule(); },
      end: (px, py) => {
        this.drafting = null;
        if (Math.hypot(px - x, py - y) >= 3) this.set({ regions: [...this.model.get("regions"), region(px, py)] });
      },
    };
  }

  stroke(pane, to, x, y) {
    const { model, layers } = this;
    const mask = layers.mask;
    if (!mask) return null;
    const label = model.get("tool") === "erase" ? 0 : model.get("brush_label");
    const touched = [];
    let last = [to.row(y), to.column(x)];
    const dab = (row, column) => {
      const box = paintDisc(mask.labels, this.grid, pane.axis, pane.index, [row, column], model.get("brush_radius"), label);
      if (box) touched.push(box);
    };
    const move = (px, py) => {
      const now = [to.row(py), to.column(px)];
      const steps = Math.max(Math.ceil(Math.hypot(now[0] - last[0], now[1] - last[1]) / Math.max(model.get("brush_radius") / 2, 0.5)), 1);
      for (let step = 1; step <= steps; step++) dab(...last.map((from, i) => from + ((now[i] - from) * step) / steps));
      last = now;
      mask.revision++;
      this.schedule();
    };
    move(x, y);
    return { move, end: () => this.sendStroke(touched) };
  }

  // The smallest box of labels that holds all that was painted goes to the kernel.
  sendStroke(touched) {
    if (!touched.length) return;
    const from = [0, 1, 2].map((axis) => Math.min(...touched.map((box) => box[0][axis])));
    const to = [0, 1, 2].map((axis) => Math.max(...touched.map((box) => box[1][axis])));
    const shape = from.map((start, axis) => to[axis] - start + 1);
    const { labels } = this.layers.mask;
    const [, rows, columns] = this.grid.shape;
    const patch = new Uint8Array(shape[0] * shape[1] * shape[2]);
    let at = 0;
    for (let z = from[0]; z <= to[0]; z++) {
      for (let y = from[1]; y <= to[1]; y++) {
        const begin = (z * rows + y) * columns + from[2];
        patch.set(labels.subarray(begin, begin + shape[2]), at);
        at += shape[2];
      }
    }
    this.model.send({ kind: "paint", origin: from, shape }, undefined, [patch.buffer]);
  }

  wheel(pane, event, x, y) {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoomAt(pane, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0025)), x, y);
    } else if (this.grid.shape[pane.axis] > 1 || this.model.get("scrolls")) {
      event.preventDefault();
      this.wheeled = (this.wheeled || 0) + event.deltaY * (event.deltaMode ? 33 : 1);
      const steps = Math.trunc(this.wheeled / 30) || (Math.abs(event.deltaY) >= 30 ? Math.sign(event.deltaY) : 0);
      if (!steps) return;
      this.wheeled = 0;
      this.scroll(pane, Math.sign(steps) * Math.min(Math.abs(steps), 3));
    }
  }

  scroll(pane, steps) {
    if (this.grid.shape[pane.axis] > 1) this.moveTo(pane.axis, pane.index + steps);
    else if (this.model.get("scrolls")) this.model.send({ kind: "scroll", steps });
  }

  zoomAt(pane, factor, x, y) {
    const before = pane.place();
    const [r, c] = rowColumn(pane.axis);
    const zoom = this.model.get("zoom");
    const next = Math.min(Math.max(zoom * factor, 0.25), 64);
    const centre = [...this.centre];
    const kept = 1 - zoom / next;
    centre[r] += (before.row(y) - centre[r]) * kept;
    centre[c] += (before.column(x) - centre[c]) * kept;
    this.set({ zoom: next, center: centre });
  }

  // ---- keyboard
  key(event) {
    if (!this.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    const pane = this.panes.find((one) => one.canvas === event.target);
    if (!pane) return;
    const { model } = this;
    const [r, c] = rowColumn(pane.axis);
    const up = pane.about.flip ? 1 : -1;
    const step = event.shiftKey ? 10 : 1;
    const radius = model.get("brush_radius");
    const actions = {
      ArrowLeft: () => this.moveTo(c, this.crosshair[c] - step),
      ArrowRight: () => this.moveTo(c, this.crosshair[c] + step),
      ArrowUp: () => this.moveTo(r, this.crosshair[r] + up * step),
      ArrowDown: () => this.moveTo(r, this.crosshair[r] - up * step),
      PageUp: () => this.scroll(pane, -step),
      PageDown: () => this.scroll(pane, step),
      Home: () => this.moveTo(pane.axis, 0),
      End: () => this.moveTo(pane.axis, this.grid.shape[pane.axis] - 1),
      "+": () => this.zoomAt(pane, 1.25, pane.width / 2, pane.height / 2),
      "=": () => this.zoomAt(pane, 1.25, pane.width / 2, pane.height / 2),
      "-": () => this.zoomAt(pane, 0.8, pane.width / 2, pane.height / 2),
      "0": () => this.reset(),
      h: () => this.set({ show_crosshair: !model.get("show_crosshair") }),
      l: () => this.set({ show_letters: !model.get("show_letters") }),
      o: () => this.set({ outline: !model.get("outline") }),
      i: () => this.set({ colormap: model.get("colormap") === "gray" ? "gray_r" : "gray" }),
      "[": () => this.set({ brush_radius: Math.max(radius - 1, 0.5) }),
      "]": () => this.set({ brush_radius: Math.min(radius + 1, 200) }),
      Delete: () => this.set({ regions: [] }),
      Backspace: () => this.set({ regions: [] }),
      Enter: () => model.get("clicks") && model.send({ kind: "click", index: [...this.crosshair], axis: pane.axis, shift: event.shiftKey, alt: false }),
      " ": () => this.paintHere(pane),
    };
    for (const name of model.get("tools")) actions[TOOLS[name][1]] = () => this.set({ tool: name });
    const action = actions[event.key] ?? actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
    this.announce();
  }

  // The space bar paints at the crosshair, so that a mask can be corrected without a mouse.
  paintHere(pane) {
    if (!["brush", "erase"].includes(this.model.get("tool"))) return;
    const to = pane.place();
    const [r, c] = rowColumn(pane.axis);
    this.stroke(pane, to, to.x(this.crosshair[c]), to.y(this.crosshair[r]))?.end();
  }

  remove() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.speaking);
    this.observer.disconnect();
    this.model.off("msg:custom", this.receive);
    for (const name of DRAWN) this.model.off(`change:${name}`, this.change);
    for (const name of TOOLBAR) this.model.off(`change:${name}`, this.retool);
    this.model.off("change:panes", this.rebuild);
    this.model.off("change:height", this.rebuild);
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
