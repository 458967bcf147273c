// A saved notebook holds the still of an explorer, not a reference to a model that dies with its kernel. Where the
// kernel lives on, a page that is opened again shows the explorer in the place of its still.
const VIEW = "application/vnd.jupyter.widget-view+json";
const kept = new WeakSet();

const notebookOf = (model) => {
  const notebook = model.widget_manager?.context?.model;
  return typeof notebook?.toJSON === "function" ? notebook : null;
};

export function keepStill(model) {
  const notebook = notebookOf(model);
  if (!notebook || kept.has(notebook)) return;
  kept.add(notebook);
  const toJSON = notebook.toJSON.bind(notebook);
  notebook.toJSON = () => {
    const saved = toJSON();
    for (const cell of saved?.cells ?? []) {
      for (const output of cell.outputs ?? []) {
        if (output.metadata?.workbench?.explorer && output.data?.["image/png"]) delete output.data[VIEW];
      }
    }
    return saved;
  };
}

export async function revive(model) {
  const manager = model.widget_manager;
  const cells = notebookOf(model)?.cells;
  if (!cells || !manager.has_model) return;
  for (let at = 0; at < cells.length; at++) {
    const outputs = cells.get(at).outputs;
    for (let index = 0; index < (outputs?.length ?? 0); index++) {
      const output = outputs.get(index);
      const id = output.metadata?.workbench?.explorer;
      if (!id || output.data[VIEW]) continue;
      // The box that holds this canvas is restored soon after it.
      for (let tries = 0; tries < 50 && !manager.has_model(id); tries++) await new Promise((done) => setTimeout(done, 100));
      if (!manager.has_model(id) || output.data[VIEW]) continue;
      output.setData({ data: { ...output.data, [VIEW]: { version_major: 2, version_minor: 0, model_id: id } } });
    }
  }
}
