// Tools, windows and colours in one row, each with its key.
import { choice } from "./inputs.js";

const icon = (path) => `<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><g fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">${path}</g></svg>`;

export const TOOLS = {
  navigate: ["Crosshair", "v", icon('<path d="M8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4"/><circle cx="8" cy="8" r=".6"/>')],
  window: ["Window and level", "w", icon('<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 0 0 0 11z" fill="currentColor"/>')],
  pan: ["Move", "m", icon('<path d="M8 1.8v12.4M1.8 8h12.4M6.3 3.4 8 1.8l1.7 1.6M6.3 12.6 8 14.2l1.7-1.6M3.4 6.3 1.8 8l1.6 1.7M12.6 6.3 14.2 8l-1.6 1.7"/>')],
  ruler: ["Ruler", "r", icon('<path d="m1.8 11.2 9.4-9.4 3 3-9.4 9.4zM4.6 8.4l1.4 1.4M6.9 6.1l1.4 1.4M9.2 3.8l1.4 1.4"/>')],
  rectangle: ["Rectangle statistics", "b", icon('<rect x="2.2" y="3.7" width="11.6" height="8.6" rx=".5"/>')],
  ellipse: ["Ellipse statistics", "e", icon('<ellipse cx="8" cy="8" rx="6" ry="4.4"/>')],
  brush: ["Brush", "p", icon('<path d="M13.8 2.2 7.4 8.6M6.3 9.2c-1.6 0-2.3 1.2-2.5 2.6-.1.9-.9 1.4-1.6 1.6 2.3 1 6 .6 6-2.3 0-1-.8-1.9-1.9-1.9z"/>')],
  erase: ["Eraser", "x", icon('<path d="m6.2 13.2-3.6-3.6 6.6-6.6 4.2 4.2-6 6zM5.6 6.6l4.2 4.2M6.2 13.2h7.6"/>')],
};
const RESET = icon('<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.6v2.6h2.6"/>');
const CLEAR = icon('<path d="M3 4.2h10M6.4 4.2V2.8h3.2v1.4M4.4 4.2l.6 9h6l.6-9"/>');

function button(label, key, image, onClick) {
  const made = document.createElement("button");
  made.type = "button";
  made.innerHTML = image;
  made.title = key ? `${label} (${key.toUpperCase()})` : label;
  made.setAttribute("aria-label", label);
  made.dataset.lmSuppressShortcuts = "true";
  made.addEventListener("click", onClick);
  return made;
}

export function toolbar(view) {
  const { model } = view;
  const row = document.createElement("div");
  row.className = "wb-toolbar";
  row.setAttribute("role", "toolbar");
  row.setAttribute("aria-label", "Image tools");
  const buttons = {};
  for (const name of model.get("tools")) {
    const [label, key, image] = TOOLS[name];
    buttons[name] = button(label, key, image, () => view.set({ tool: name }));
    row.append(buttons[name]);
  }
  const gap = document.createElement("span");
  gap.className = "wb-gap";
  row.append(gap, button("Reset the view", "0", RESET, () => view.reset()));
  if (model.get("tools").includes("ruler")) row.append(button("Remove measurements", "Delete", CLEAR, () => view.set({ regions: [] })));
  const presets = model.get("presets");
  const names = Object.keys(presets);
  const windows = names.length ? choice("Window", ["custom", ...names], (name) => {
    if (presets[name]) view.set({ level: presets[name][0], width: presets[name][1] });
  }) : null;
  const colours = model.get("colormaps").length > 1 ? choice("Colour map", model.get("colormaps"), (name) => view.set({ colormap: name })) : null;
  row.append(...[windows, colours].filter(Boolean));
  const update = () => {
    for (const [name, made] of Object.entries(buttons)) {
      const pressed = String(model.get("tool") === name);
      if (made.getAttribute("aria-pressed") !== pressed) made.setAttribute("aria-pressed", pressed);
    }
    if (windows) {
      const [level, width] = [model.get("level"), model.get("width")];
      const near = (name) => Math.hypot(presets[name][0] - level, presets[name][1] - width) < 0.004 * width;
      const name = names.find(near) || "custom";
      if (windows.value !== name) windows.value = name;
    }
    if (colours && colours.value !== model.get("colormap")) colours.value = model.get("colormap");
  };
  return { row, update };
}
