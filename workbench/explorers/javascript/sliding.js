// A slider of its own, for what the kernel computes: one number, or the two ends of a range.
import { labelled, slider } from "./inputs.js";

function render({ model, el }) {
  const limits = () => ({ low: model.get("min"), high: model.get("max"), step: model.get("step") });
  const several = Array.isArray(model.get("value"));
  const label = () => model.get("description");
  let frame = null;
  const send = () => {
    frame = null;
    model.save_changes();
  };
  // Once for each frame at most: a mouse may move more often than a picture can follow.
  const soon = () => { frame ??= requestAnimationFrame(send); };
  const moved = (at) => (value) => {
    if (!several) model.set("value", value);
    else {
      const ends = [...model.get("value")];
      ends[at] = value;
      if (ends[0] > ends[1]) ends[1 - at] = value;
      model.set("value", ends);
    }
    soon();
  };
  const names = several ? [`${label()}, from`, `${label()}, to`] : [label()];
  const made = names.map((name, at) => slider(name, limits(), moved(at), () => {}));
  const parts = made.flatMap((one, at) => (at ? ["to", one.element] : [one.element]));
  const root = labelled(label(), ...parts);
  root.classList.add("wb-alone");
  const put = () => [].concat(model.get("value")).forEach((value, at) => { made[at].put(value); made[at].say(); });
  const spread = () => {
    made.forEach((one) => one.spread(limits()));
    put();
  };
  put();
  model.on("change:value", put);
  for (const name of ["min", "max", "step"]) model.on(`change:${name}`, spread);
  el.append(root);
  return () => {
    cancelAnimationFrame(frame);
    model.off("change:value", put);
    for (const name of ["min", "max", "step"]) model.off(`change:${name}`, spread);
  };
}

export default { render };
