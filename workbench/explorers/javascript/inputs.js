// Numbers moved by native range inputs: labelled, reached by keyboard, and no work for the page around them.
const decimals = (step) => Math.min(Math.max(-Math.floor(Math.log10(step) + 1e-9), 0), 12);

export const input = (type, label, listen) => {
  const made = document.createElement("input");
  made.type = type;
  made.setAttribute("aria-label", label);
  made.dataset.lmSuppressShortcuts = "true";
  for (const [name, call] of Object.entries(listen)) made.addEventListener(name, call);
  // Arrow keys are the input's own: notebooks must not take them.
  made.addEventListener("keydown", (event) => event.stopPropagation());
  return made;
};

// A range to pull and its number to type. `moved` is called while it moves, `rested` when the finger lets go.
export function slider(label, { low, high, step }, moved, rested) {
  const element = document.createElement("span");
  element.className = "wb-slider";
  const take = (from) => { if (Number.isFinite(from.valueAsNumber)) moved(from.valueAsNumber); };
  const range = input("range", label, { input: () => take(range), change: rested });
  const typed = input("number", `${label}, as a number`, { change: () => { take(typed); rested(); } });
  const text = (value) => value.toFixed(decimals(step));
  let [held, said] = [null, null];
  const spread = (limits) => {
    ({ low, high, step } = limits);
    held = said = null;
    for (const one of [range, typed]) Object.assign(one, { min: low, max: high, step });
    typed.step = "any";
    typed.style.width = `${Math.max(text(low).length, text(high).length)}ch`;
  };
  // The number is text, which makes the browser lay out: it may follow later than the handle.
  const put = (value) => {
    if (value === held) return;
    held = value;
    if (range.valueAsNumber !== value) range.value = value;
  };
  const say = () => {
    if (said === held || held === null) return;
    said = held;
    typed.value = text(held);
  };
  spread({ low, high, step });
  element.append(range, typed);
  return { element, put, say, spread };
}

export function labelled(text, ...elements) {
  const made = document.createElement("div");
  made.className = "wb-control";
  const words = document.createElement("span");
  words.textContent = text;
  words.setAttribute("aria-hidden", "true");
  made.append(words, ...elements);
  return made;
}

export function choice(label, options, onChange) {
  const made = document.createElement("select");
  made.setAttribute("aria-label", label);
  made.title = label;
  made.dataset.lmSuppressShortcuts = "true";
  for (const option of options) made.add(new Option(option, option));
  made.addEventListener("change", () => onChange(made.value));
  return made;
}
