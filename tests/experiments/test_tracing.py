import builtins
import json
import pickle
from functools import partial
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from workbench import cohorts, evaluation, processing, recognition
from workbench.experiments import run
from workbench.experiments.chapters import load
from workbench.experiments.planning import plan
from workbench.experiments.pool import finish
from workbench.experiments.tracing import METHODS, Notes, documented
from workbench.experiments.tracing.found import found_by
from workbench.experiments.tracing.modules import Watched, watch

CALLS = """
assert not any("trac" in name or name == "shell" for name in dir()), dir()
import pickle
from functools import partial
import numpy as np
from workbench import images, processing
steps = np.arange(256.0).reshape(16, 16)
smoothers = {"mean": partial(processing.mean, size=size), "median": partial(processing.median, size=5)}
compared = processing.compare(steps + 1, smoothers, reference=steps, limits=(0, 300))
"""
MORE = """
images.Image(steps).map(processing.gaussian, sigma=(1, 2))
try:
    processing.median(steps, size=4)
except ValueError:
    pass
assert pickle.loads(pickle.dumps(processing.median)) == processing.median
assert processing.median.__name__ == "median" and "window" in processing.median.__doc__
"""
MEAN = "from workbench import processing\nprocessing.mean([[1.0, 2, 3]], size=(1, size))"
KILL = "import os\nif size == 5:\n    os.kill(os.getpid(), 9)"
BARE = "import sys\nassert not {'workbench', 'numpy', 'psutil'} & set(sys.modules)"


def methods_of(notebook):
    return load(notebook)["metadata"]["workbench"]["run"]["methods"]


def of(told, function):
    return [call for call in told["calls"] if call["function"] == function]


@pytest.fixture(scope="module")
def notes():
    return Notes()


def test_a_run_notes_what_its_notebook_called_and_nothing_else(make_notebook, tmp_path):
    done = run(make_notebook(BARE, CALLS, MORE), folder=tmp_path, size=7)
    assert done.status == "complete", done.failure
    told = methods_of(done.notebook)
    assert [call["function"] for call in told["calls"]] == [
        "processing.mean",
        "processing.median",
        "processing.compare",
        "processing.gaussian",
    ]
    assert of(told, "processing.mean")[0]["options"] == {"size": 7}
    assert of(told, "processing.gaussian")[0]["options"] == {"sigma": [1, 2]}
    assert of(told, "processing.gaussian")[0]["defaults"]["border"] == "reflect"
    assert of(told, "processing.compare")[0]["options"] == {"limits": [0, 300]}
    assert of(told, "processing.compare")[0]["withheld"] == ["reference"]
    # Numbered as the code cells of the record are: parameters, given ones, the bare one, then these.
    assert [of(told, name)[0]["cells"] for name in ("processing.mean", "processing.gaussian")] == [[4], [5]]
    assert told["functions"]["processing.median"]["references"][0].startswith("Huang T")
    assert METHODS not in json.dumps(load(done.notebook)["cells"])


def test_warm_kernels_note_their_own_calls_and_a_killed_one_keeps_what_it_had_called(make_notebook, tmp_path):
    path = make_notebook(MEAN, KILL)
    jobs = plan([(path, {"size": 3}), (path, {"size": 5})])
    runs = finish(jobs, tmp_path, jobs_at_a_time=1, retries=0, progress=False)
    assert [each.status for each in runs] == ["complete", "interrupted"]
    told = [of(methods_of(each.notebook), "processing.mean")[0]["options"] for each in runs]
    assert told == [{"size": [1, 3]}, {"size": [1, 5]}]


def called(function, *given, notes=None, **options):
    notes = notes or Notes()
    Watched(function, "f", notes)(*given, **options)
    return notes.told()["calls"][0]


def test_words_that_the_documentation_does_not_know_are_withheld():
    def filtered(image, *, border="reflect", case=0, kernels=(), name=None):
        """Filter. `border` is ``"reflect"`` or ``"wrap"``."""

    call = called(filtered, np.zeros(3), border="Doe^Jane", case=4711, name="/data/Doe", kernels=["wrap", "Doe"])
    assert call["options"] == {}
    assert sorted(call["withheld"]) == ["border", "case", "kernels", "name"]
    assert called(filtered, np.zeros(3), border="wrap,reflect")["options"] == {"border": "wrap,reflect"}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (True, True),
        ((1, 2.5), [1, 2.5]),
        (float("inf"), None),
        (np.arange(3), None),
        (list(range(100)), None),
        (object(), None),
        (processing.median, {"function": "median"}),
        (partial(processing.median, size=3), None),
    ],
)
def test_only_scalars_and_short_lists_are_settings(value, kept):
    def f(*, value=None):
        """Do."""

    assert called(f, value=value)["options"].get("value") == kept


def test_many_settings_of_one_function_are_counted_but_not_kept():
    notes = Notes()
    watched = Watched(lambda *, size: size, "f", notes)
    for size in range(25):
        watched(size=size)
        watched(size=0)
    told = notes.told()
    assert len(told["calls"]) == 20 and told["calls"][0]["calls"] == 26
    assert told["others"] == {"f": 5}


def test_a_note_that_cannot_be_taken_does_not_disturb_the_call():
    class Odd:
        table = property(lambda self: 1 / 0)

    Odd.__name__ = "Cohort"
    assert isinstance(Watched(Odd, "f", Notes())(), Odd)


def test_a_module_shows_wrappers_to_a_notebook_alone(notes):
    module = ModuleType("workbench.processing.made")
    exec("def double(x):\n    return 2 * x\nlimit = 3", vars(module))  # noqa: S102 (a module of the test's own)
    watch(module, notes)
    watch(module, notes)
    notebook, library = {"__name__": "__main__", "made": module}, {"__name__": "scipy", "made": module}
    for names in (notebook, library):
        exec("function, limit = made.double, made.limit", names)  # noqa: S102 (as a notebook's cell)
    assert isinstance(notebook["function"], Watched) and not isinstance(library["function"], Watched)
    assert notebook["limit"] == library["limit"] == 3
    assert notebook["function"] == library["function"] and hash(notebook["function"]) == hash(library["function"])
    assert notebook["function"](4) == 8
    assert notes.told()["calls"][0]["function"] == "processing.made.double"
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        module.absent  # noqa: B018


def test_a_wrapper_travels_as_the_function_itself():
    wrapped = Watched(processing.median, "processing.median", Notes())
    assert pickle.loads(pickle.dumps(wrapped)) is processing.median  # noqa: S301 (made here)
    assert repr(wrapped) == repr(processing.median)

    class Owner:
        method = wrapped

    assert Owner.method is wrapped and Owner().method.__self__ is not None


def test_facts_of_results():
    table = pd.DataFrame(
        {"patient": list("aabb"), "image": "x.png", "label": [0, 1, 0, 1], "split": ["train"] * 2 + ["test"] * 2}
    )
    assert found_by(cohorts.Cohort(table.assign(simulated=True))) == {
        "cases": 4,
        "patients": 2,
        "labels": [2, 2],
        "split": {"train": 2, "test": 2},
        "split_patients": {"train": 1, "test": 1},
        "simulated": True,
    }
    predictions = pd.DataFrame(
        {"patient": list("abcdef"), "label": list("iiiwww"), "p_i": [0.9, 0.8, 0.3, 0.4, 0.2, 0.1]}
    ).assign(p_w=lambda t: 1 - t.p_i, prediction=lambda t: np.where(t.p_i > 0.5, "i", "w"))
    judged = evaluation.evaluate(predictions, positive="i", resamples=50)
    found = found_by(judged)
    assert (found["cases"], found["patients"], found["one_class"], found["share"]) == (6, 6, True, 0.5)
    assert found["metrics"]["recall"] == pytest.approx(list(judged["recall"]))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found_by(recognition.models("lda,svm")) == {"models": ["lda", "svm"]}
    assert found_by({"a": 1}) == found_by(np.zeros(3)) == found_by(builtins) == {}


def test_references_end_where_the_next_begins():
    cited = ["A B. One, two three 4 (1990) 5-6.", "Doe J. Four (1991).", "ITU 5 (2001)."]
    text = f"{cited[0][:10].strip()}\n{cited[0][10:].strip()} {cited[1]}\n{cited[2]}"
    assert documented(f"Do.\n\nReferences\n----------\n{text}\n\nExamples\n--------\nx")["references"] == cited
