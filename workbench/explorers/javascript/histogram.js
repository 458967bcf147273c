// The histogram under the image, with the window upon it; drag an end or the middle.
const MARGIN = 10;

export class Histogram {
  constructor(view) {
    this.view = view;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "wb-histogram";
    this.canvas.setAttribute("role", "img");
    const drag = (event) => {
      if (!this.grip) return;
      const value = this.value(event.clientX - this.canvas.getBoundingClientRect().left);
      const { low, high } = this.grip;
      if (this.grip.end === "low") this.view.setWindow(Math.min(value, high), high);
      else if (this.grip.end === "high") this.view.setWindow(low, Math.max(value, low));
      else this.view.setWindow(low + value - this.grip.value, high + value - this.grip.value);
    };
    this.canvas.addEventListener("pointerdown", (event) => {
      const x = event.clientX - this.canvas.getBoundingClientRect().left;
      try { this.canvas.setPointerCapture(event.pointerId); } catch { /* a pointer made by a script */ }
      const [low, high] = this.ends();
      const near = (value) => Math.abs(this.x(value) - x);
      const end = Math.min(near(low), near(high)) > 8 ? "middle" : near(low) < near(high) ? "low" : "high";
      this.grip = { end, low, high, value: this.value(x) };
    });
    this.canvas.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, () => { this.grip = null; view.save(); });
    }
  }

  get counts() { return this.view.model.get("histogram"); }
  get range() {
    const { low, high, slope, intercept } = this.view.grid;
    return [low * slope + intercept, high * slope + intercept];
  }
  ends() {
    const [level, width] = [this.view.model.get("level"), this.view.model.get("width")];
    return [level - width / 2, level + width / 2];
  }
  x(value) {
    const [low, high] = this.range;
    return MARGIN + ((value - low) / (high - low || 1)) * (this.width - 2 * MARGIN);
  }
  value(x) {
    const [low, high] = this.range;
    return low + ((x - MARGIN) / (this.width - 2 * MARGIN)) * (high - low);
  }

  draw() {
    const counts = this.counts;
    if (this.canvas.hidden !== !counts.length) this.canvas.hidden = !counts.length;
    const [width, height] = this.canvas.wbSize ?? [0, 0];
    if (!counts.length || !width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    const [low, high] = this.ends();
    const key = [width, height, ratio, low, high, this.view.layers.revision].join();
    if (this.drawn === key) return;
    this.drawn = key;
    this.width = width;
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = Math.round(width * ratio);
    if (this.canvas.height !== Math.round(height * ratio)) this.canvas.height = Math.round(height * ratio);
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const floor = height - 3;
    // Air alone fills one bar with most of the voxels; the second tallest sets the scale.
    const tallest = Math.sqrt(Math.max([...counts].sort((a, b) => b - a)[1] * 1.1, 1));
    const bar = (width - 2 * MARGIN) / counts.length;
    context.fillStyle = "#5b6670";
    counts.forEach((count, at) => {
      const tall = Math.min(Math.sqrt(count) / tallest, 1) * (floor - 4);
      context.fillRect(MARGIN + at * bar, floor - tall, Math.max(bar - 0.5, 0.5), tall);
    });
    const [x0, x1] = [this.x(low), this.x(high)];
    context.fillStyle = "rgba(108, 200, 255, 0.14)";
    context.fillRect(x0, 0, x1 - x0, height);
    context.strokeStyle = "#6cc8ff";
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(0, floor);
    for (const [x, y] of [[x0, floor], [x1, 4], [width, 4]]) context.lineTo(x, y);
    context.stroke();
  }

  tell() {
    if (this.canvas.hidden) return;
    const [least, most, low, high] = [...this.range, ...this.ends()].map((value) => this.view.number(value));
    this.canvas.setAttribute("aria-label", `Histogram from ${least} to ${most}, window from ${low} to ${high}`);
  }
}
