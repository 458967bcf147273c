"""A real Jupyter server, and notebooks opened in JupyterLab, Notebook 7 and Voila."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import playwright.sync_api
from promises import kept

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {"adaptive-theme": False},
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
READY = """async () => {
  const until = async (ask) => {
    for (;;) {
      const got = ask();
      if (got) return got;
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  const app = await until(() => window.jupyterapp || window.jupyterlab);
  const panel = await until(() => app.shell.currentWidget?.sessionContext && app.shell.currentWidget);
  await panel.context.ready;
  await panel.sessionContext.ready;
  const kernel = await until(() => panel.sessionContext.session?.kernel);
  await until(() => kernel.connectionStatus === "connected");
  await kernel.info;
}"""
FAILURE = "[data-mime-type='application/vnd.jupyter.error']"
DRAWN = f"""(count) => document.querySelector("{FAILURE}")
  || document.querySelectorAll(".wb-canvas[data-drawn]").length >= count"""


class Server:
    """A Jupyter server in a folder of its own.

    Parameters
    ----------
    folder : Path
        Empty; notebooks, settings and the log lie there.
    """

    def __init__(self, folder):
        self.folder = folder
        (folder / "notebooks").mkdir()
        for name, setting in SETTINGS.items():
            path = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(setting))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        names = {
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "JUPYTER_CONFIG_DIR": "config",
            "IPYTHONDIR": "ipython",
        }
        self.environment = os.environ | {name: str(folder / place) for name, place in names.items()}
        # Kernels that choose TCP ports while other tests do so collide; socket files do not, but need short paths.
        self.sockets = tempfile.TemporaryDirectory(prefix="jupyter-")
        self.environment["JUPYTER_RUNTIME_DIR"] = self.sockets.name
        self.environment["PYTHONPATH"] = os.pathsep.join(
            [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        )
        options = [
            "--no-browser",
            "--allow-root",
            f"--port={self.port}",
            "--IdentityProvider.token=",
            "--ServerApp.disable_check_xsrf=True",
            "--KernelManager.transport=ipc",
            f"--ServerApp.root_dir={folder / 'notebooks'}",
            "--LabApp.expose_app_in_browser=True",
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *options], env=self.environment, stdout=log, stderr=log
            )
        self.address = f"http://127.0.0.1:{self.port}"
        self._wait()

    def _wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/api/status", timeout=5):  # noqa: S310 (our own server)
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"the Jupyter server did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def write(self, cells, name="notebook"):
        """Write a notebook of code cells, and return its path."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.folder / "notebooks" / f"{name}.ipynb"
        nbformat.write(notebook, path)
        return path

    def stop(self):
        """End the server and its kernels."""
        self.process.terminate()
        self.process.wait(30)
        self.sockets.cleanup()


@contextmanager
def serving(folder):
    """Give a server, and end it."""
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()


class Notebook:
    """A notebook open in a page.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Empty.
    address : str
        Of the notebook.
    """

    def __init__(self, page, address):
        self.page, self.errors = page, []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(address)

    def reload(self):
        """Load the page again, and wait for the document and its kernel."""
        self.page.reload()
        return self.ready()

    def ready(self):
        """Wait for the document and its kernel."""
        try:
            kept(self.page, READY, seconds=60)
        except playwright.sync_api.Error:  # how reliably Jupyter starts on a busy machine is not what we test
            self.page.reload()
            kept(self.page, READY)
        return self

    def command(self, name, **options):
        """Execute one of JupyterLab's commands."""
        execute = "([name, options]) => (window.jupyterapp || window.jupyterlab).commands.execute(name, options)"
        kept(self.page, execute, [name, options])
        return self

    def run(self):
        """Run all cells, and wait until canvases have drawn."""
        self.command("notebook:run-all-cells")
        return self.drawn()

    def drawn(self, count=1, timeout=60_000):
        """Wait until so many canvases have drawn."""
        self.page.wait_for_function(DRAWN, arg=count, timeout=timeout)
        failures = self.page.locator(FAILURE)
        if failures.count():
            raise AssertionError(failures.first.inner_text())
        return self

    @property
    def canvas(self):
        """The first canvas' first pane, an element."""
        return self.page.locator(".wb-pane canvas").first

    def pixels(self, at=0):
        """Return a picture of what a pane shows, as bytes, for comparing."""
        return self.page.evaluate("(at) => document.querySelectorAll('.wb-pane canvas')[at].toDataURL()", at)

    def unnamed(self):
        """Return the roles of what can be reached in explorers, but has no name for a screen reader."""
        talk = self.page.context.new_cdp_session(self.page)
        roles = []
        count = self.page.evaluate("document.querySelectorAll('.wb-explorer').length")
        for at in range(count):
            found = talk.send(
                "Runtime.evaluate", {"expression": f"document.querySelectorAll('.wb-explorer')[{at}]"}
            )
            nodes = talk.send("Accessibility.queryAXTree", {"objectId": found["result"]["objectId"]})["nodes"]
            for node in nodes:
                reached = any(one["name"] == "focusable" for one in node.get("properties", []))
                if reached and not node.get("name", {}).get("value", "").strip():
                    roles.append(node["role"]["value"])
        talk.detach()
        return roles
