// What a pointer does in a pane: drags by tool, the brush, the wheel.
import { rowColumn } from "./colours.js";
import { paintDisc, statistics } from "./measuring.js";

const STILL = 3;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class Hand {
  constructor(view) { this.view = view; }

  follow(pane) {
    const { view } = this;
    const canvas = pane.canvas;
    const place = (event) => {
      const bounds = this.bounds ?? canvas.getBoundingClientRect();
      return [event.clientX - bounds.left, event.clientY - bounds.top];
    };
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      try { canvas.setPointerCapture(event.pointerId); } catch { /* a pointer made by a script */ }
      this.begin(pane, ...place(event), event);
      // Nothing moves around a pane while it is dragged in: its place is asked for once.
      if (this.drag) this.bounds = canvas.getBoundingClientRect();
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = place(event);
      view.pointer = { pane, x, y, voxel: pane.voxel(x, y) };
      if (this.drag) this.drag.move(x, y);
      view.schedule();
    });
    const end = (event) => {
      const { drag } = this;
      const at = place(event);
      this.drag = this.bounds = null;
      drag?.end?.(...at);
      view.save();
      view.schedule();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("pointerleave", () => { view.pointer = null; view.schedule(); });
    canvas.addEventListener("contextmenu", (event) => { event.preventDefault(); event.stopPropagation(); });
    canvas.addEventListener("dblclick", () => view.reset());
    canvas.addEventListener("wheel", (event) => this.wheel(pane, event, ...place(event)), { passive: false });
  }

  begin(pane, x, y, event) {
    const { view } = this;
    const { model } = view;
    let tool = model.get("tool");
    if (event.button === 2) tool = "window";
    if (event.button === 1 || event.shiftKey) tool = "pan";
    if (tool === "navigate" && view.layers.other && model.get("mode") === "swipe") tool = "swipe";
    const voxel = pane.voxel(x, y);
    const to = pane.place();
    const [r, c] = rowColumn(pane.axis);
    const drags = {
      navigate: () => {
        const move = (px, py) => { const at = pane.voxel(px, py); if (at) view.set({ crosshair: at }); };
        move(x, y);
        return { move };
      },
      swipe: () => {
        const move = (px) => view.set({ mix: clamp((to.column(px) + 0.5) / view.grid.shape[c], 0, 1) });
        move(x);
        return { move };
      },
      window: () => {
        const [level, width] = [model.get("level"), model.get("width")];
        const { low, high, slope } = view.grid;
        const step = Math.max(width, ((high - low) * slope) / 200) / 250;
        return {
          move: (px, py) => {
            const [middle, wide] = [level + (py - y) * step, Math.max(width + (px - x) * step, slope)];
            view.setWindow(middle - wide / 2, middle + wide / 2);
          },
        };
      },
      pan: () => {
        const centre = [...view.centre];
        return {
          move: (px, py) => {
            const now = [...centre];
            now[c] = centre[c] + to.column(x) - to.column(px);
            now[r] = centre[r] + to.row(y) - to.row(py);
            view.set({ center: now });
          },
        };
      },
      brush: () => this.stroke(pane, to, x, y),
      erase: () => this.stroke(pane, to, x, y),
    };
    for (const kind of ["ruler", "rectangle", "ellipse"]) drags[kind] = () => this.measure(pane, kind, to, x, y);
    this.drag = drags[tool]?.();
    if (this.drag && voxel && model.get("clicks") && ["navigate", "swipe"].includes(tool)) {
      this.drag.end = (px, py) => {
        if (Math.hypot(px - x, py - y) < STILL) view.send({ kind: "click", index: voxel, axis: pane.axis, shift: event.shiftKey, alt: event.altKey });
      };
    }
  }

  measure(pane, kind, to, x, y) {
    const { view } = this;
    const region = (px, py) => {
      const found = { kind, axis: pane.axis, index: pane.index, points: [[to.row(y), to.column(x)], [to.row(py), to.column(px)]] };
      return kind === "ruler" ? found : { ...found, ...statistics(view.layers.image, found) };
    };
    return {
      move: (px, py) => { view.drafting = region(px, py); view.schedule(); },
      end: (px, py) => {
        view.drafting = null;
        if (Math.hypot(px - x, py - y) >= STILL) view.set({ regions: [...view.model.get("regions"), region(px, py)] });
      },
    };
  }

  stroke(pane, to, x, y) {
    const { view } = this;
    const { model } = view;
    const mask = view.layers.mask;
    if (!mask) return null;
    const label = model.get("tool") === "erase" ? 0 : model.get("brush_label");
    const touched = [];
    let last = [to.row(y), to.column(x)];
    const dab = (row, column) => {
      const box = paintDisc(mask.labels, view.grid, pane.axis, pane.index, [row, column], model.get("brush_radius"), label);
      if (box) touched.push(box);
    };
    const move = (px, py) => {
      const now = [to.row(py), to.column(px)];
      const steps = Math.max(Math.ceil(Math.hypot(now[0] - last[0], now[1] - last[1]) / Math.max(model.get("brush_radius") / 2, 0.5)), 1);
      for (let step = 1; step <= steps; step++) dab(...last.map((from, i) => from + ((now[i] - from) * step) / steps));
      last = now;
      mask.revision++;
      view.schedule();
    };
    move(x, y);
    return { move, end: () => this.sendStroke(touched) };
  }

  // The smallest box of labels that holds all that was painted goes to the kernel.
  sendStroke(touched) {
    if (!touched.length) return;
    const { view } = this;
    const from = [0, 1, 2].map((axis) => Math.min(...touched.map((box) => box[0][axis])));
    const to = [0, 1, 2].map((axis) => Math.max(...touched.map((box) => box[1][axis])));
    const shape = from.map((start, axis) => to[axis] - start + 1);
    const { labels } = view.layers.mask;
    const [, rows, columns] = view.grid.shape;
    const patch = new Uint8Array(shape[0] * shape[1] * shape[2]);
    let at = 0;
    for (let z = from[0]; z <= to[0]; z++) {
      for (let y = from[1]; y <= to[1]; y++) {
        const begin = (z * rows + y) * columns + from[2];
        patch.set(labels.subarray(begin, begin + shape[2]), at);
        at += shape[2];
      }
    }
    view.send({ kind: "paint", origin: from, shape }, [patch.buffer]);
  }

  // The space bar paints at the crosshair, so that a mask can be corrected without a mouse.
  paintHere(pane) {
    const { view } = this;
    if (!["brush", "erase"].includes(view.model.get("tool"))) return;
    const to = pane.place();
    const [r, c] = rowColumn(pane.axis);
    this.stroke(pane, to, to.x(view.crosshair[c]), to.y(view.crosshair[r]))?.end();
  }

  wheel(pane, event, x, y) {
    const { view } = this;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      view.zoomAt(pane, Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0025)), x, y);
    } else if (view.grid.shape[pane.axis] > 1 || view.model.get("scrolls")) {
      event.preventDefault();
      this.wheeled = (this.wheeled || 0) + event.deltaY * (event.deltaMode ? 33 : 1);
      const steps = Math.trunc(this.wheeled / 30) || (Math.abs(event.deltaY) >= 30 ? Math.sign(event.deltaY) : 0);
      if (!steps) return;
      this.wheeled = 0;
      view.scroll(pane, Math.sign(steps) * Math.min(Math.abs(steps), 3));
    }
  }
}
