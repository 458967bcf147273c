import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from typer.testing import CliRunner

from workbench import cohorts, samples
from workbench.cli import app
from workbench.cohorts import CohortError
from workbench.samples import DownloadError, downloads


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Serve small fabricated sets under the names of public ones, and work in an empty folder."""
    table = samples.public_sets()
    rng = np.random.default_rng(0)
    (tmp_path / "far").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path / "far"))) as server:
        server.asked = []
        for name, shape in {"breastmnist": (28, 28), "nodulemnist3d": (28, 28, 28)}.items():
            path = tmp_path / "far" / f"{name}.npz"
            splits = {
                f"{split}_{kind}": values
                for split in ("train", "val", "test")
                for kind, values in {
                    "images": rng.integers(0, 255, (4, *shape), dtype=np.uint8),
                    "labels": np.array([[0], [1], [0], [1]], dtype=np.uint8),
                }.items()
            }
            np.savez_compressed(path, **splits)
            digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
            table.loc[name, ["url", "md5"]] = f"http://127.0.0.1:{server.server_port}/{name}.npz", digest
        monkeypatch.setattr(downloads, "_table", lambda: table)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("name", "shape", "labels"),
    [
        ("breastmnist", (28, 28), {"malignant", "normal or benign"}),
        ("nodulemnist3d", (28,) * 3, {"benign", "malignant"}),
    ],
)
def test_a_set_is_a_cohort_and_asked_for_once(server, name, shape, labels):
    for source in (f"fetch:{name}", f"fetch:{name}", name):
        cohort = cohorts.read(source)
        assert cohort.table["split"].value_counts().to_dict() == {"train": 4, "validation": 4, "test": 4}
        assert (set(cohort.table["label"]), cohort.image("val-00002").shape) == (labels, shape)
        assert cohort.table["patient"].tolist() == list(cohort)
    assert server.asked == [f"/{name}.npz"]


def test_nothing_is_asked_of_the_network_unless_told(server):
    with pytest.raises(
        CohortError, match=r"Nothing is downloaded unasked: say fetch:breastmnist .* workbench fetch"
    ):
        cohorts.read("breastmnist")
    assert server.asked == []
    assert not samples.downloads.FOLDER.exists()


def test_a_file_that_was_changed_is_refused(server):
    path = samples.fetch("breastmnist", progress=False)
    path.write_bytes(path.read_bytes() + b"more")
    for source in ("breastmnist", "fetch:breastmnist"):
        with pytest.raises(CohortError, match=r"breastmnist.*expected MD5 digest"):
            cohorts.read(source)


def test_unknown_and_unreachable_sets(server):
    with pytest.raises(CohortError, match="fetch:mnist: name must be one of"):
        cohorts.read("fetch:mnist")
    server.RequestHandlerClass = partial(Handler, directory="/nonexistent")
    with pytest.raises(CohortError, match=r"fetch:breastmnist: .*answered 404"):
        cohorts.read("fetch:breastmnist")


def test_a_folder_of_that_name_comes_first(server, picture, tmp_path):
    for label in ("a", "b"):
        picture(tmp_path / "here" / "breastmnist" / label / f"{label}1.png", 1)
    assert len(cohorts.read("breastmnist")) == 2


def test_a_folder_above_keeps_what_was_downloaded(server, tmp_path, monkeypatch):
    path = samples.fetch("breastmnist", progress=False)
    (tmp_path / "here" / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "here" / "notebooks")
    assert samples.downloaded("breastmnist").samefile(tmp_path / "here" / path)


def test_the_command(server, tmp_path):
    result = CliRunner().invoke(app, ["fetch", "breastmnist", "-o", "sets"])
    assert (result.exit_code, result.stdout) == (0, "sets/breastmnist.npz\n")
    assert "licence CC BY 4.0" in result.stderr
    assert "breastmnist" in CliRunner().invoke(app, ["fetch"]).stdout
    assert CliRunner().invoke(app, ["fetch", "mnist"]).exit_code == 2
    with pytest.raises(DownloadError, match="not in elsewhere"):
        samples.downloaded("breastmnist", folder="elsewhere")
