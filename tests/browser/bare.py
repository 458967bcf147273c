"""A canvas alone in a page: its JavaScript and a model that answers as the kernel would."""

import base64
import io

import numpy as np
from PIL import Image as Picture
from promises import kept

PAGE = """<!doctype html><meta charset="utf-8"><title>canvas</title>
<style>body {{ margin: 8px; background: {background}; }} {css}</style>
<div id="root" style="width: {width}px"></div>"""
MOUNT = """async ({code, state, messages}) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const handlers = {};
  const model = {
    state: {...state, _colortables: new DataView(bytes(state._colortables).buffer)},
    sent: [], saves: 0,
    get(name) { return this.state[name]; },
    set(name, value) {
      const same = JSON.stringify(this.state[name]) === JSON.stringify(value);
      this.state[name] = value;
      if (!same) this.fire(`change:${name}`);
    },
    on(name, call) { (handlers[name] ??= new Set()).add(call); },
    off(name, call) { handlers[name]?.delete(call); },
    fire(name, ...values) { for (const call of handlers[name] ?? []) call(...values); },
    save_changes() { this.saves++; },
    send(content, callbacks, buffers) {
      this.sent.push({content, buffers: (buffers ?? []).map((one) => Array.from(new Uint8Array(one)))});
      const answer = () => messages.forEach(([message, data]) => this.receive(message, data));
      if (content.kind === "ready") queueMicrotask(answer);
    },
    receive(message, data) {
      this.fire("msg:custom", message, data.map((one) => new DataView(bytes(one).buffer)));
    },
  };
  const {default: widget} = await import(URL.createObjectURL(new Blob([code], {type: "text/javascript"})));
  const el = document.getElementById("root");
  window.model = model;
  window.remove = widget.render({model, el});
  window.view = el.wbView;
}"""
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Bare:
    """One canvas in a page of its own.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Empty.
    canvas : Canvas
        What to show.
    width : int, optional
        Of the cell, in CSS pixels.
    """

    def __init__(self, page, canvas, *, width=600, background="#fff"):
        self.page, self.canvas, self.errors = page, canvas, []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        css = canvas.get_state("_css")["_css"]
        page.set_content(PAGE.format(css=css, width=width, background=background))
        state = {name: value for name, value in canvas.get_state().items() if not name.startswith("layout")}
        state["_colortables"] = base64.b64encode(state["_colortables"]).decode()
        kept(
            page,
            MOUNT,
            {"code": state.pop("_esm"), "state": state, "messages": self._messages({"kind": "ready"})},
        )
        page.wait_for_function("window.view.drawn > 0")

    def _messages(self, content, buffers=()):
        sent = []
        self.canvas.send = lambda message, data=None: sent.append(
            [message, [base64.b64encode(one).decode() for one in data or []]]
        )
        self.canvas._receive(None, content, buffers)
        return sent

    def set(self, **traits):
        """Change traits in the page and in Python, and wait until all is drawn."""
        for name, value in traits.items():
            setattr(self.canvas, name, value)
        self.page.evaluate(
            "(values) => Object.entries(values).forEach(([n, v]) => window.model.set(n, v))", traits
        )
        self.frame()

    def frame(self):
        """Wait until the page has drawn what it knows."""
        kept(self.page, FRAME)

    def get(self, name):
        """Return a trait as the page has it."""
        return self.page.evaluate("(name) => window.model.get(name)", name)

    def answer(self):
        """Give Python what the page has sent since it was mounted, as a kernel would receive it."""
        for one in self.page.evaluate("() => window.model.sent.splice(0)"):
            if one["content"]["kind"] != "ready":
                self._messages(one["content"], [bytes(data) for data in one["buffers"]])

    def plane(self, at=0):
        """Return the colours of a pane, voxel by voxel, before they are scaled to the screen."""
        return self._picture("plane", at)

    def screen(self, at=0):
        """Return what stands on the screen in a pane, in device pixels."""
        return self._picture("canvas", at)

    def _picture(self, name, at):
        address = self.page.evaluate("([name, at]) => window.view.panes[at][name].toDataURL()", [name, at])
        return np.asarray(Picture.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("RGB"))

    def pane(self, at=0):
        """Return a pane's element."""
        return self.page.locator(".wb-pane canvas").nth(at)
