// What moves traits of a canvas, under its picture.
import { choice, input, labelled, slider } from "./inputs.js";

// What moves a trait of the canvas: a slider for a range, a list for options, else a box to tick.
function control(view, name, about) {
  const { model } = view;
  const rested = () => view.save();
  if (about.options) {
    const list = choice(about.label, about.options, (value) => { view.set({ [name]: value }); rested(); });
    return { element: labelled(about.label, list), put: (value) => { if (list.value !== value) list.value = value; } };
  }
  if (about.high === undefined) {
    const box = input("checkbox", about.label, { change: () => { view.set({ [name]: box.checked }); rested(); } });
    return { element: labelled(about.label, box), put: (value) => { if (box.checked !== value) box.checked = value; } };
  }
  const made = slider(about.label, about, (value) => view.set({ [name]: value }), rested);
  return { element: labelled(about.label, made.element), put: made.put, say: made.say };
}

export class Controls {
  constructor(view) {
    this.view = view;
    this.element = document.createElement("div");
    this.element.className = "wb-controls";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Settings of the picture");
    this.build();
  }

  build() {
    this.about = Object.entries(this.view.model.get("controls"));
    this.all = this.about.map(([name, about]) => control(this.view, name, about));
    this.element.replaceChildren(...this.all.map((one) => one.element));
    this.element.hidden = !this.all.length;
  }

  // What is in the picture decides what can be moved.
  draw() {
    const { model, layers } = this.view;
    let shown = 0;
    this.about.forEach(([name, about], at) => {
      const made = this.all[at];
      const [needed, mode] = [about.needs, about.mode];
      const hidden = (needed && !layers[needed]) || Boolean(mode && !mode.includes(model.get("mode")));
      if (made.element.hidden !== hidden) made.element.hidden = hidden;
      if (!hidden) shown++;
      made.put(model.get(name));
    });
    if (this.element.hidden !== !shown) this.element.hidden = !shown;
  }

  tell() { for (const one of this.all) one.say?.(); }
}
