// A line of code with a button that puts it on the clipboard.
async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages that are not served securely have no clipboard: the old way needs a selection.
    const selection = getSelection();
    selection.selectAllChildren(code);
    if (!document.execCommand("copy")) return false;
    selection.removeAllRanges();
  }
  return true;
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "wb-copying";
  const code = document.createElement("code");
  code.tabIndex = 0;
  code.setAttribute("aria-label", "Code that reproduces what is seen");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy code";
  button.dataset.lmSuppressShortcuts = "true";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    said.textContent = (await copy(model.get("text"), code)) ? "copied" : "select the line and copy it";
    setTimeout(() => { said.textContent = ""; }, 2500);
  });
  const update = () => { code.textContent = model.get("text"); };
  update();
  model.on("change:text", update);
  root.append(button, code, said);
  el.append(root);
  return () => model.off("change:text", update);
}

export default { render };
