// Points to look at one by one, or to catch in a lasso. One path per group: many points are drawn at once.
import { keepStill, revive } from "./saving.js";
import { frame, shape } from "./axes.js";

const COLORS = ["#2f95e8", "#e5720b", "#21a179", "#c26fb0", "#c79a00", "#7d8ea0"];
const MARKS = [
  (x, y, r) => `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  (x, y, r) => `M${x},${y - 1.25 * r}l${1.2 * r},${2.1 * r}h${-2.4 * r}z`,
  (x, y, r) => `M${x - 0.9 * r},${y - 0.9 * r}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`,
  (x, y, r) => `M${x},${y - 1.25 * r}l${1.25 * r},${1.25 * r}l${-1.25 * r},${1.25 * r}l${-1.25 * r},${-1.25 * r}z`,
];
const REACH = 30;
// Pictures asked for at once, kept at most, and the rest after which Python learns of a hand that points.
const [ASKED, KEPT, REST] = [8, 1000, 80];
const floats = (view) => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const inside = (x, y, path) => {
  let odd = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [[xi, yi], [xj, yj]] = [path[i], path[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
};

class Scatter {
  constructor(model, el) {
    this.model = model;
    this.root = document.createElement("div");
    this.root.className = "wb-figure";
    this.root.wbScatter = this;
    this.legend = document.createElement("div");
    this.legend.className = "wb-legend";
    this.svg = shape("svg", { tabindex: 0, role: "application", "aria-roledescription": "scatter plot" });
    this.svg.dataset.lmSuppressShortcuts = "true";
    this.said = document.createElement("div");
    this.said.className = "wb-said";
    this.said.setAttribute("role", "status");
    this.preview = document.createElement("img");
    this.preview.className = "wb-preview";
    this.preview.hidden = true;
    this.preview.alt = "";
    this.pictures = new Map();
    this.receive = (content, buffers) => { if (content.kind === "pictures") this.keep(content.names, buffers); };
    model.on("msg:custom", this.receive);
    this.root.append(this.legend, this.svg, this.said, this.preview);
    el.append(this.root);
    this.lasso = null;
    this.change = () => this.schedule(true);
    for (const name of ["points", "groups", "group_names", "across", "up", "height"]) model.on(`change:${name}`, this.change);
    this.recolor = () => this.schedule(false);
    for (const name of ["selected", "hovered"]) model.on(`change:${name}`, this.recolor);
    this.observer = new ResizeObserver(() => this.schedule(true));
    this.observer.observe(this.root);
    this.listen();
    this.schedule(true);
  }

  schedule(all) {
    this.all = this.all || all;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.root.clientWidth) return;
      if (this.all) this.drawAll();
      if (this.all || this.chosen !== this.model.get("selected")) this.drawState();
      this.all = false;
      this.mark();
    });
  }

  // Pictures come in small lots, one after another, so that the kernel has time for other questions.
  ask() {
    if (!this.model.get("pictured") || this.asking || this.pictures.size >= KEPT) return;
    const names = this.model.get("names");
    const from = Math.max(this.model.get("hovered"), 0);
    const of = [];
    for (let step = 0; step < names.length && of.length < ASKED; step++) {
      const at = (from + step) % names.length;
      if (!this.pictures.has(names[at])) of.push(at);
    }
    if (!of.length) return;
    this.asking = true;
    this.model.send({ kind: "pictures", of });
  }

  keep(names, buffers) {
    this.asking = false;
    names.forEach((name, at) => this.pictures.set(name, URL.createObjectURL(new Blob([buffers[at]], { type: "image/png" }))));
    this.root.dataset.pictures = this.pictures.size;
    this.mark();
    if (names.length) this.waiting = setTimeout(() => this.ask(), 30);
  }

  place() {
    const [width, height] = [this.root.clientWidth, this.model.get("height")];
    const box = { left: 62, right: width - 12, top: 8, bottom: height - 42 };
    this.values = floats(this.model.get("points"));
    this.groups = bytes(this.model.get("groups"));
    this.count = this.groups.length;
    const range = (axis) => {
      let [low, high] = [Infinity, -Infinity];
      for (let i = axis; i < this.values.length; i += 2) {
        if (this.values[i] < low) low = this.values[i];
        if (this.values[i] > high) high = this.values[i];
      }
      const pad = (high - low || Math.abs(high) || 1) * 0.04;
      return Number.isFinite(low) ? [low - pad, high + pad] : [0, 1];
    };
    const [across, up] = [range(0), range(1)];
    this.x = (value) => box.left + ((value - across[0]) / (across[1] - across[0])) * (box.right - box.left);
    this.y = (value) => box.bottom - ((value - up[0]) / (up[1] - up[0])) * (box.bottom - box.top);
    this.at = new Float32Array(this.values.length);
    for (let i = 0; i < this.values.length; i += 2) {
      this.at[i] = this.x(this.values[i]);
      this.at[i + 1] = this.y(this.values[i + 1]);
    }
    return { width, height, box, across, up };
  }

  drawAll() {
    const { width, height, box, across, up } = this.place();
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.style.height = `${height}px`;
    const names = this.model.get("group_names");
    const axes = frame(box, { range: across, name: this.model.get("across") }, { range: up, name: this.model.get("up") }, this.x, this.y);
    this.faint = names.map((_, group) => shape("path", { fill: COLORS[group % COLORS.length], "fill-opacity": 0.22 }));
    this.strong = names.map((_, group) => shape("path", { fill: COLORS[group % COLORS.length], "fill-opacity": 0.85 }));
    this.ring = shape("circle", { class: "wb-mark", r: 9, visibility: "hidden" });
    this.path = shape("path", { class: "wb-lasso" });
    this.svg.replaceChildren(axes, ...this.faint, ...this.strong, this.ring, this.path);
    this.svg.setAttribute("aria-label", `${this.model.get("up")} against ${this.model.get("across")}, ${this.count} points. Arrow keys move from point to point, Enter selects, Escape clears.`);
    this.legend.replaceChildren(...names.map((name, group) => {
      const button = document.createElement("button");
      button.type = "button";
      const mark = shape("svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" });
      mark.append(shape("path", { d: MARKS[group % MARKS.length](0, 0, 5), fill: COLORS[group % COLORS.length] }));
      const members = [];
      for (let i = 0; i < this.count; i++) if (this.groups[i] === group) members.push(i);
      button.append(mark, `${name} (${members.length})`);
      button.title = `Select ${name}`;
      button.addEventListener("click", (event) => this.select(members, event.shiftKey));
      return button;
    }));
  }

  drawState() {
    this.above = this.svg.getBoundingClientRect().top - this.root.getBoundingClientRect().top;
    const chosen = new Set(this.model.get("selected"));
    const none = !chosen.size;
    this.chosen = this.model.get("selected");
    const paths = this.strong.map(() => [[], []]);
    for (let i = 0; i < this.count; i++) {
      const group = this.groups[i];
      const strong = none || chosen.has(i);
      paths[group][strong ? 1 : 0].push(MARKS[group % MARKS.length](this.at[2 * i].toFixed(1) * 1, this.at[2 * i + 1].toFixed(1) * 1, 4));
    }
    paths.forEach(([faint, strong], group) => {
      this.faint[group].setAttribute("d", faint.join(""));
      this.strong[group].setAttribute("d", strong.join(""));
    });
    this.root.dataset.drawn = String(this.count);
    this.ask();
  }

  mark() {
    const hovered = this.model.get("hovered");
    const seen = hovered >= 0 && hovered < this.count;
    this.show(seen ? this.pictures.get(this.model.get("names")[hovered]) : null, hovered);
    this.ring.setAttribute("visibility", seen ? "visible" : "hidden");
    const chosen = this.model.get("selected").length;
    const said = chosen ? `${chosen} selected. ` : "";
    if (!seen) {
      this.said.textContent = `${said}Point at a case to see it; drag around cases to select them.`;
      return;
    }
    this.ring.setAttribute("cx", this.at[2 * hovered]);
    this.ring.setAttribute("cy", this.at[2 * hovered + 1]);
    const [x, y] = [this.values[2 * hovered], this.values[2 * hovered + 1]].map((value) => Number(value.toPrecision(5)));
    this.said.textContent = `${said}${this.model.get("names")[hovered]}: ${this.model.get("group_names")[this.groups[hovered]]}, ${x}, ${y}`;
  }

  // The picture stands beside its point, where it covers none on the way to it.
  show(address, at) {
    if (this.preview.hidden !== !address) this.preview.hidden = !address;
    if (!address) return;
    if (this.preview.src !== address) this.preview.src = address;
    const [x, y] = [this.at[2 * at], this.at[2 * at + 1]];
    const left = x > this.root.clientWidth / 2 ? x - 126 : x + 22;
    const top = Math.min(Math.max(y - 52, 0), this.model.get("height") - 110);
    this.preview.style.transform = `translate(${left}px, ${top + this.above}px)`;
  }

  set(values, soon = false) {
    for (const [name, value] of Object.entries(values)) this.model.set(name, value);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.model.save_changes(), soon ? REST : 0);
  }

  select(members, add) {
    const kept = add ? this.model.get("selected") : [];
    this.set({ selected: [...new Set([...kept, ...members])].sort((a, b) => a - b) });
  }

  toggle(index) {
    const chosen = new Set(this.model.get("selected"));
    if (!chosen.delete(index)) chosen.add(index);
    this.set({ selected: [...chosen].sort((a, b) => a - b) });
  }

  nearest(x, y, reach) {
    let [best, found] = [reach * reach, -1];
    for (let i = 0; i < this.count; i++) {
      const distance = (this.at[2 * i] - x) ** 2 + (this.at[2 * i + 1] - y) ** 2;
      if (distance < best) [best, found] = [distance, i];
    }
    return found;
  }

  step(dx, dy) {
    const from = this.model.get("hovered");
    if (from < 0 || from >= this.count) return this.nearest(this.root.clientWidth / 2, this.model.get("height") / 2, Infinity);
    let [best, found] = [Infinity, from];
    for (let i = 0; i < this.count; i++) {
      const [across, down] = [this.at[2 * i] - this.at[2 * from], this.at[2 * i + 1] - this.at[2 * from + 1]];
      const ahead = across * dx + down * dy;
      const aside = Math.abs(across * dy) + Math.abs(down * dx);
      // Points of one place are taken in their order.
      if (i === from || ahead < 0 || (ahead === 0 && (aside || i < from))) continue;
      const cost = ahead + 3 * aside;
      if (cost < best) [best, found] = [cost, i];
    }
    return found;
  }

  listen() {
    const where = (event) => {
      const box = this.svg.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      this.svg.setPointerCapture(event.pointerId);
      this.lasso = [where(event)];
    });
    this.svg.addEventListener("pointermove", (event) => {
      if (!this.at) return;
      const [x, y] = where(event);
      if (this.lasso) {
        this.lasso.push([x, y]);
        this.path.setAttribute("d", `M${this.lasso.map((one) => one.join()).join("L")}`);
        return;
      }
      const hovered = this.nearest(x, y, REACH);
      if (hovered >= 0 && hovered !== this.model.get("hovered")) this.set({ hovered }, true);
    });
    const end = (event) => {
      const path = this.lasso;
      this.lasso = null;
      this.path.removeAttribute("d");
      if (!path || event.type === "pointercancel") return;
      const [across, down] = [0, 1].map((axis) => path.map((one) => one[axis]));
      if (Math.max(...across) - Math.min(...across) + Math.max(...down) - Math.min(...down) < 6) {
        const index = this.nearest(...path[0], REACH);
        if (index >= 0) this.toggle(index);
        return;
      }
      const caught = [];
      for (let i = 0; i < this.count; i++) if (inside(this.at[2 * i], this.at[2 * i + 1], path)) caught.push(i);
      this.select(caught, event.shiftKey);
    };
    this.svg.addEventListener("pointerleave", () => { this.preview.hidden = true; });
    this.svg.addEventListener("pointerup", end);
    this.svg.addEventListener("pointercancel", end);
    this.svg.addEventListener("keydown", (event) => {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (way) this.set({ hovered: this.step(...way) });
      else if (event.key === "Enter" || event.key === " ") {
        if (this.model.get("hovered") >= 0) this.toggle(this.model.get("hovered"));
      } else if (event.key === "Escape") this.set({ selected: [] });
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  remove() {
    this.observer.disconnect();
    clearTimeout(this.waiting);
    this.model.off("msg:custom", this.receive);
    for (const address of this.pictures.values()) URL.revokeObjectURL(address);
    for (const name of ["points", "groups", "group_names", "across", "up", "height"]) this.model.off(`change:${name}`, this.change);
    for (const name of ["selected", "hovered"]) this.model.off(`change:${name}`, this.recolor);
  }
}

function render({ model, el }) {
  keepStill(model);
  revive(model);
  const scatter = new Scatter(model, el);
  return () => scatter.remove();
}

export default { render };
