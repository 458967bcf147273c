// Small pictures to choose from: a listbox of buttons. Arrow keys move, one Tab enters and leaves.
import { keepStill, revive } from "./saving.js";

function render({ model, el }) {
  keepStill(model);
  revive(model);
  const root = document.createElement("div");
  root.className = "wb-figure";
  const list = document.createElement("div");
  list.className = "wb-sheet";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-orientation", "horizontal");
  list.dataset.lmSuppressShortcuts = "true";
  root.append(list);
  el.append(root);
  let addresses = [];

  const mark = () => {
    const chosen = model.get("chosen");
    Array.from(list.children).forEach((button, index) => {
      button.setAttribute("aria-selected", String(index === chosen));
      button.tabIndex = index === Math.max(chosen, 0) ? 0 : -1;
    });
  };
  const choose = (index) => {
    model.set("chosen", index);
    model.save_changes();
    list.children[index]?.focus({ preventScroll: false });
  };
  const draw = (buffers) => {
    addresses.forEach((address) => URL.revokeObjectURL(address));
    addresses = buffers.map((data) => URL.createObjectURL(new Blob([data], { type: "image/png" })));
    const [captions, marks, size] = [model.get("captions"), model.get("marks"), model.get("size")];
    list.setAttribute("aria-label", model.get("label"));
    list.replaceChildren(...addresses.map((address, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("role", "option");
      button.setAttribute("aria-label", captions[index].replace("\n", ", "));
      const picture = document.createElement("img");
      picture.src = address;
      picture.alt = "";
      picture.width = picture.height = size;
      const caption = document.createElement("span");
      caption.textContent = button.title = captions[index];
      caption.style.width = `${size}px`;
      if (marks[index]) caption.className = `wb-${marks[index]}`;
      button.append(picture, caption);
      button.addEventListener("click", () => choose(index));
      return button;
    }));
    mark();
    root.dataset.drawn = String(addresses.length);
  };
  const columns = () => {
    const [first, ...others] = list.children;
    const next = others.findIndex((button) => button.offsetTop > first.offsetTop);
    return next < 0 ? list.children.length : next + 1;
  };
  list.addEventListener("keydown", (event) => {
    const at = Array.from(list.children).indexOf(document.activeElement);
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns(), Home: -at, End: list.children.length - 1 - at }[event.key];
    if (step === undefined || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const to = at + step;
    if (to >= 0 && to < list.children.length) choose(to);
  });
  const receive = (content, buffers) => { if (content.kind === "pictures") draw(buffers); };
  model.on("msg:custom", receive);
  model.on("change:chosen", mark);
  model.send({ kind: "ready" });
  return () => {
    model.off("msg:custom", receive);
    model.off("change:chosen", mark);
    addresses.forEach((address) => URL.revokeObjectURL(address));
  };
}

export default { render };
