// What keys do in a pane.
import { rowColumn } from "./colours.js";
import { TOOLS } from "./toolbar.js";

export function press(view, event) {
  if (!view.grid || event.ctrlKey || event.metaKey || event.altKey) return;
  const pane = view.panes.find((one) => one.canvas === event.target);
  if (!pane) return;
  const { model } = view;
  const [r, c] = rowColumn(pane.axis);
  const up = pane.about.flip ? 1 : -1;
  const step = event.shiftKey ? 10 : 1;
  const radius = model.get("brush_radius");
  const middle = [pane.width / 2, pane.height / 2];
  const actions = {
    ArrowLeft: () => view.moveTo(c, view.crosshair[c] - step),
    ArrowRight: () => view.moveTo(c, view.crosshair[c] + step),
    ArrowUp: () => view.moveTo(r, view.crosshair[r] + up * step),
    ArrowDown: () => view.moveTo(r, view.crosshair[r] - up * step),
    PageUp: () => view.scroll(pane, -step),
    PageDown: () => view.scroll(pane, step),
    Home: () => view.moveTo(pane.axis, 0),
    End: () => view.moveTo(pane.axis, view.grid.shape[pane.axis] - 1),
    "+": () => view.zoomAt(pane, 1.25, ...middle),
    "=": () => view.zoomAt(pane, 1.25, ...middle),
    "-": () => view.zoomAt(pane, 0.8, ...middle),
    "0": () => view.reset(),
    h: () => view.set({ show_crosshair: !model.get("show_crosshair") }),
    l: () => view.set({ show_letters: !model.get("show_letters") }),
    o: () => view.set({ outline: !model.get("outline") }),
    i: () => view.set({ colormap: model.get("colormap") === "gray" ? "gray_r" : "gray" }),
    "[": () => view.set({ brush_radius: Math.max(radius - 1, 0.5) }),
    "]": () => view.set({ brush_radius: Math.min(radius + 1, 200) }),
    Delete: () => view.set({ regions: [] }),
    Backspace: () => view.set({ regions: [] }),
    Enter: () => model.get("clicks") && view.send({ kind: "click", index: [...view.crosshair], axis: pane.axis, shift: event.shiftKey, alt: false }),
    " ": () => view.hand.paintHere(pane),
  };
  for (const name of model.get("tools")) actions[TOOLS[name][1]] = () => view.set({ tool: name });
  const action = actions[event.key] ?? actions[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  action();
  view.announce();
}
