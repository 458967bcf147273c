// A movable threshold: ROC curve, scores, confusion matrix and rates, all drawn without the kernel.
import { keepStill, revive } from "./saving.js";
import { frame, shape } from "./axes.js";

const BINS = 40;
const SIZE = 270;
const doubles = (view) => new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
// How many of these rising numbers are at least t.
const atLeast = (sorted, t) => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < t) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
};
const percent = (share, whole) => (whole ? `${(100 * share / whole).toFixed(1)} %` : "not defined");

class Threshold {
  constructor(model, el) {
    this.model = model;
    this.root = document.createElement("div");
    this.root.className = "wb-figure";
    this.root.wbThreshold = this;
    this.row = document.createElement("div");
    this.row.className = "wb-thresholds";
    this.root.append(this.row);
    el.append(this.root);
    this.build = () => { this.make(); this.draw(); };
    for (const name of ["ill", "well", "positive", "negative"]) model.on(`change:${name}`, this.build);
    this.move = () => this.schedule();
    model.on("change:threshold", this.move);
    this.build();
  }

  make() {
    const { model } = this;
    this.ill = doubles(model.get("ill"));
    this.well = doubles(model.get("well"));
    const all = [...new Set([...this.ill, ...this.well])].sort((a, b) => b - a);
    // The curve from the strictest threshold to the mildest.
    this.curve = [[0, 0, 1 + 1e-9], ...all.map((t) => [atLeast(this.well, t) / this.well.length, atLeast(this.ill, t) / this.ill.length, t])];
    this.roc = this.panel(SIZE, SIZE, { range: [0, 1], name: "false alarms (1 − specificity)" }, { range: [0, 1], name: "recall" }, "ROC curve");
    const { x, y, svg } = this.roc;
    svg.append(shape("line", { class: "wb-chance", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }));
    svg.append(shape("path", { class: "wb-curve", d: `M${this.curve.map(([across, up]) => `${x(across)},${y(up)}`).join("L")}` }));
    this.handle = shape("circle", { class: "wb-handle", r: 7 });
    svg.append(this.handle);
    this.makeScores();
    this.makeWords();
    this.row.replaceChildren(this.roc.svg, this.scores.svg, this.words);
    this.drag(this.roc, (px, py) => {
      let [best, found] = [Infinity, 1];
      for (const [across, up, t] of this.curve) {
        const distance = (x(across) - px) ** 2 + (y(up) - py) ** 2;
        if (distance < best) [best, found] = [distance, Math.min(t, 1)];
      }
      return found;
    });
    this.drag(this.scores, (px) => {
      const { left, right } = this.scores.box;
      return Math.min(Math.max((px - left) / (right - left), 0), 1);
    });
  }

  panel(width, height, across, up, label) {
    const box = { left: 54, right: width - 10, top: 8, bottom: height - 42 };
    const scale = (range, from, to) => (value) => from + ((value - range[0]) / (range[1] - range[0])) * (to - from);
    const [x, y] = [scale(across.range, box.left, box.right), scale(up.range, box.bottom, box.top)];
    const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
    svg.style.cssText = `width:${width}px;height:${height}px;cursor:pointer`;
    svg.append(frame(box, across, up, x, y));
    return { svg, box, x, y, width };
  }

  makeScores() {
    const count = (values) => {
      const bins = new Array(BINS).fill(0);
      for (const value of values) bins[Math.min(Math.floor(value * BINS), BINS - 1)]++;
      return bins.map((one) => one / (values.length || 1));
    };
    const [ill, well] = [count(this.ill), count(this.well)];
    const most = Math.max(...ill, ...well);
    const { positive, negative } = this.names;
    this.scores = this.panel(SIZE * 1.15, SIZE, { range: [0, 1], name: `probability of ${positive}` }, { range: [-most, most], name: "" }, "Share of cases by probability");
    const { svg, box, x, y } = this.scores;
    svg.querySelectorAll("text[text-anchor=end]").forEach((one) => one.remove());
    ill.forEach((share, bin) => svg.append(shape("rect", { x: x(bin / BINS), width: (box.right - box.left) / BINS - 0.5, y: y(share), height: y(0) - y(share), fill: "#e5720b", "fill-opacity": 0.8 })));
    well.forEach((share, bin) => svg.append(shape("rect", { x: x(bin / BINS), width: (box.right - box.left) / BINS - 0.5, y: y(0), height: y(0) - y(share), fill: "#2f95e8", "fill-opacity": 0.8 })));
    svg.append(shape("text", { class: "wb-axis", x: box.left + 4, y: box.top + 12 }, positive));
    svg.append(shape("text", { class: "wb-axis", x: box.right - 4, y: box.bottom - 6, "text-anchor": "end" }, negative));
    this.limit = shape("line", { class: "wb-limit", y1: box.top, y2: box.bottom });
    svg.append(this.limit);
  }

  makeWords() {
    const { positive, negative } = this.names;
    this.words = document.createElement("div");
    const label = document.createElement("label");
    label.textContent = "threshold";
    this.slider = document.createElement("input");
    Object.assign(this.slider, { type: "range", min: 0, max: 1, step: 0.001 });
    this.slider.setAttribute("aria-label", "threshold");
    this.slider.dataset.lmSuppressShortcuts = "true";
    this.slider.addEventListener("input", () => this.set(Number(this.slider.value)));
    this.slider.addEventListener("keydown", (event) => event.stopPropagation());
    this.number = document.createElement("output");
    label.append(this.slider, this.number);
    const table = document.createElement("table");
    const head = table.insertRow();
    for (const text of ["", `called ${positive}`, `called ${negative}`]) {
      // A header must have words for those who hear the table: the corner is no header.
      const cell = document.createElement(text ? "th" : "td");
      if (text) cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    this.cells = [[positive, true], [negative, false]].flatMap(([name, ill]) => {
      const row = table.insertRow();
      const title = document.createElement("th");
      title.scope = "row";
      title.textContent = name;
      row.append(title);
      return [true, false].map((alarm) => {
        const cell = row.insertCell();
        cell.className = ill === alarm ? "wb-right" : "wb-wrong";
        return cell;
      });
    });
    this.rates = document.createElement("dl");
    this.rated = ["recall", "specificity", "precision", "accuracy"].map((name) => {
      const [title, value] = [document.createElement("dt"), document.createElement("dd")];
      title.textContent = name;
      this.rates.append(title, value);
      return value;
    });
    this.words.append(label, table, this.rates);
  }

  get names() { return { positive: this.model.get("positive"), negative: this.model.get("negative") }; }

  drag(panel, find) {
    const at = (event) => {
      const box = panel.svg.getBoundingClientRect();
      const scale = panel.width / box.width;
      this.set(find((event.clientX - box.left) * scale, (event.clientY - box.top) * scale));
    };
    panel.svg.addEventListener("pointerdown", (event) => { panel.svg.setPointerCapture(event.pointerId); at(event); });
    panel.svg.addEventListener("pointermove", (event) => { if (event.buttons & 1) at(event); });
  }

  set(threshold) {
    this.model.set("threshold", threshold);
    this.unsaved = true;
    this.schedule();
  }

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
      if (this.unsaved) this.model.save_changes();
      this.unsaved = false;
    });
  }

  draw() {
    const t = this.model.get("threshold");
    const [found, alarms] = [atLeast(this.ill, t), atLeast(this.well, t)];
    const [missed, peace] = [this.ill.length - found, this.well.length - alarms];
    this.handle.setAttribute("cx", this.roc.x(alarms / this.well.length));
    this.handle.setAttribute("cy", this.roc.y(found / this.ill.length));
    this.limit.setAttribute("x1", this.scores.x(t));
    this.limit.setAttribute("x2", this.scores.x(t));
    this.slider.value = t;
    this.number.textContent = t.toFixed(3);
    [found, missed, alarms, peace].forEach((count, index) => { this.cells[index].textContent = count; });
    const rates = [[found, found + missed], [peace, peace + alarms], [found, found + alarms], [found + peace, this.ill.length + this.well.length]];
    rates.forEach(([share, whole], index) => { this.rated[index].textContent = percent(share, whole); });
    this.root.dataset.drawn = String((Number(this.root.dataset.drawn) || 0) + 1);
  }

  remove() {
    for (const name of ["ill", "well", "positive", "negative"]) this.model.off(`change:${name}`, this.build);
    this.model.off("change:threshold", this.move);
  }
}

function render({ model, el }) {
  keepStill(model);
  revive(model);
  const threshold = new Threshold(model, el);
  return () => threshold.remove();
}

export default { render };
