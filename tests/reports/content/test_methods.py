import copy
import re

import pytest

from workbench.experiments.chapters import find, load, source
from workbench.reports.content.methods import methods
from workbench.reports.content.record import Record


def changed(value):
    """Every number one more, every word another."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"x{value}"
    if isinstance(value, list):
        return [changed(one) for one in value]
    return {key: changed(one) for key, one in value.items()} if isinstance(value, dict) else value


def holder(notebook, source):
    """Where a source of a sentence lives: a container and the key in it."""
    run = notebook["metadata"]["workbench"]["run"]
    if source.startswith("run.methods.calls"):
        return run["methods"]["calls"], int(source.split("[")[1].rstrip("]"))
    if source.startswith("results."):
        (values,) = notebook["cells"][-1]["outputs"][0]["metadata"].values()
        return values, source.removeprefix("results.")
    if source.startswith("parameters."):
        return run["parameters"], source.removeprefix("parameters.")
    return run, source.removeprefix("run.")


def texts(notebook):
    return {one.text for one in methods(notebook).sentences}


def sentences(traced):
    return [(one.text, source) for one in methods(traced()).sentences for source in one.sources]


def test_every_sentence_goes_with_its_source(traced):
    pairs = sentences(traced)
    assert len({text for text, _ in pairs}) > 20
    for text, place in pairs:
        notebook = traced()
        container, key = holder(notebook, place)
        if isinstance(container, list):
            container[key] = {"function": "evaluation.probability_column", "options": {}}
        else:
            container.pop(key, None)
            if place.startswith("parameters."):  # the notebook's own default stands behind it
                notebook["cells"][0]["source"] = "size: int = 3"
        assert text not in texts(notebook), (place, text)


def test_every_sentence_changes_with_its_source(traced):
    for text, place in sentences(traced):
        if place == "parameters.case":  # which case of a user's study it was is not repeated
            continue
        notebook = traced()
        container, key = holder(notebook, place)
        if isinstance(container, list):
            call = container[key]
            before = copy.deepcopy(call)
            call |= {part: changed(call[part]) for part in ("options", "found") if part in call}
            call["options"] = {name: v for name, v in call["options"].items() if name not in ("source", "cohort")}
            if before == call:
                call["function"] += "_otherwise"
        else:
            container[key] = changed(container[key])
        assert text not in texts(notebook), (place, text)


def test_the_paragraph_reads_as_expected(traced):
    text = methods(traced()).text
    for expected in (
        "The study comprised 240 cases of 80 patients (classes of 140 and",
        "Images were filtered by a median filter (window of 5 voxels; window of 7 voxels) [1], a Gaussian filter "
        "(standard deviation 1.5 mm) and convolution with a kernel given in the notebook.",
        "Regions were segmented by Otsu's threshold (256 bins) [2].",
        "random forest [4]",
        "by 5-fold cross-validation with all cases of a patient in the same fold",
        "The network was trained for 12 epochs with batches of 16 by Adam at a greatest learning rate of 0.005",
        "The area under the ROC curve was 0.914 (0.871 to 0.952) (with 95 % intervals in brackets).",
        "The random seed was 7.",
        "The files of the study had the SHA-256 fingerprint 0123456789abcdef (its first 16 digits).",
        "1. Huang T.",
    ):
        assert expected in text


def test_the_revision_is_of_the_repository_and_not_of_the_notebook(traced):
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["revision"] = f"{'a' * 40}+changes"
    said = "The git repository in which the notebook lay was at revision aaaaaaaaaaaa with local changes."
    assert said in texts(notebook)


def test_a_function_without_a_phrase_is_named_with_its_settings(traced):
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["methods"]["calls"].append(
        {"function": "processing.straighten", "options": {"strength": 3}, "calls": 1, "cells": [2]}
    )
    notebook["metadata"]["workbench"]["run"]["methods"]["functions"]["processing.straighten"] = {
        "summary": "Make it straight.",
        "references": ["Doe J. Straight (2001)."],
    }
    written = methods(notebook)
    assert "processing.straighten, “Make it straight” (strength 3) [" in written.text
    assert "Doe J. Straight (2001)." in written.references


def test_calls_of_exercises_are_no_method(traced):
    notebook = traced()
    notebook["cells"][1]["metadata"]["tags"] = ["solution"]
    run = notebook["metadata"]["workbench"]["run"]
    run["methods"]["calls"] = [
        {"function": "processing.mean", "options": {"size": 9}, "calls": 1, "cells": [2]},
        {"function": "processing.mean", "options": {"size": 5}, "calls": 2, "cells": [2, 3]},
    ]
    assert [call.options for call in Record(notebook).calls] == [{"size": 5}]
    assert "window of 9" not in methods(notebook).text


def test_references_are_numbered_once_and_in_order(traced):
    written = methods(traced())
    marks = re.findall(r"\[([\d, ]+)\]", " ".join(one.text for one in written.sentences))
    numbers = [int(number) for mark in marks for number in mark.split(", ")]
    assert list(dict.fromkeys(numbers)) == list(range(1, len(written.references) + 1))
    assert len(set(written.references)) == len(written.references)


def test_html_is_escaped_and_names_its_sources(traced):
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["parameters"]["positive"] = "<b>ill</b>"
    html = methods(notebook).html
    assert "<b>ill" not in html and "&lt;b&gt;ill" in html
    assert 'title="run.seed"' in html and '<ol class="references">' in html


@pytest.mark.parametrize(("part", "said"), [("run", "stored one"), ("methods", "without its calls")])
def test_a_notebook_without_record_says_so(traced, part, said):
    notebook = traced()
    about = notebook["metadata"]["workbench"]
    (about if part == "run" else about["run"]).pop(part)
    written = methods(notebook)
    assert said in written.note
    assert not written.sentences or part == "methods"


@pytest.fixture
def contested(traced):
    """A contest beside one more fit, judged in its folds and on patients who were set aside."""
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    run["parameters"] |= {"negative": "well", "external_cohort": ""}
    calls = run["methods"]["calls"]
    folds = {"models": ["CNN", "logistic"], "cases": 240, "patients": 80, "grouped": True, "folds": 5}
    split = {"split": {"train": 200, "validation": 40}, "split_patients": {"train": 66, "validation": 14}}
    away = {"cases": 120, "patients": 40, "metrics": {"recall": [0.9, 0.8, 0.95]}}
    made = {"function": "cnn.classifier", "calls": 1, "cells": [2], "found": [{"weights": 7}]}
    run["methods"]["calls"] = [
        {"function": "cohorts.internal_and_external", "options": {"size": 48}, "cells": [2]},
        *(made | {"options": {"width": 8, "seed": seed}} for seed in (0, 1, 2)),
        {"function": "cnn.contest", "options": {"outer": 5, "inner": 4, "epochs": 12}, "found": [folds]},
        {"function": "cohorts.Cohort.split", "options": {"validation": 0.2}, "found": [split]},
        *(call for call in calls if call["function"] in {"recognition.models", "cnn.fit", "evaluation.evaluate"}),
        {"function": "evaluation.evaluate", "options": {}, "found": [away]},
        {"function": "evaluation.external_validation", "options": {}},
    ]
    return notebook


def test_a_contest_is_told_by_its_outer_folds_and_what_was_set_aside(contested):
    text = methods(contested).text
    assert text.count("A convolutional network for classification with 7 weights was built") == 1
    assert "was built anew from each of 3 seeds (width 8)" in text
    assert "120 cases of 40 patients were set aside, by patient, to validate on" in text
    assert "The convolutional network and logistic regression were judged on 240 cases of 80 patients" in text
    assert "each of these 5 outer folds, 4 inner folds" in text
    assert "on 4 inner folds in the cross-validation and on 3 in the fit beside it" in text
    assert "For the network that was fitted beside the folds, these cases were divided once more" in text
    assert "Cases were divided by patient" not in text and "outer 5" not in text


def test_equal_trainings_are_told_in_one_sentence(contested):
    calls = contested["metadata"]["workbench"]["run"]["methods"]["calls"]
    assert "The network that was fitted beside the folds was trained for 12 epochs with" in methods(contested).text
    fold = next(call for call in calls if call["function"] == "cnn.contest")
    fold["options"] |= {"batch_size": 16, "learning_rate": 0.005}
    text = methods(contested).text
    assert text.count("by Adam at a greatest learning rate") == 1
    assert "The network of each fold and the one that was fitted beside the folds were trained for 12" in text
    assert "on cross-entropy; of the latter, the weights of epoch 9, with the least" in text


def test_results_of_two_groups_are_told_apart(contested):
    (values,) = contested["cells"][-1]["outputs"][0]["metadata"].values()
    values |= {"set_aside_cnn_recall": 0.9, "set_aside_cnn_recall_low": 0.8, "set_aside_cnn_recall_high": 0.95}
    text = methods(contested).text
    assert "While held out in the folds, the area under the ROC curve was 0.914 (0.871 to 0.952)" in text
    said = "In the patients set aside, the sensitivity was 0.900 (0.800 to 0.950) for the convolutional"
    assert said in text


@pytest.mark.parametrize(("given", "said"), [("other", "Another study was kept"), ("", "were set aside")])
def test_where_the_second_patients_come_from(contested, given, said):
    contested["metadata"]["workbench"]["run"]["parameters"]["external_cohort"] = given
    assert said in methods(contested).text


def test_an_equal_sentence_is_said_once(contested):
    calls = contested["metadata"]["workbench"]["run"]["methods"]["calls"]
    before = methods(contested)
    calls.append(next(call for call in calls if call["function"] == "cnn.fit"))
    after = methods(contested)
    assert after.text == before.text
    assert any(f"run.methods.calls[{len(calls) - 1}]" in one.sources for one in after.sentences)


def test_what_only_words_or_draws_is_no_method(traced):
    notebook = traced()
    calls = notebook["metadata"]["workbench"]["run"]["methods"]["calls"]
    before = methods(notebook).text
    for name in ("cnn.border_in_words", "recognition.feature_in_words", "plots.contact_sheet"):
        calls.append({"function": name, "options": {}, "calls": 1})
    assert methods(notebook).text == before
    calls.append({"function": "cohorts.something_new", "options": {}, "calls": 1})
    assert "Further functions of the workbench were applied: cohorts.something_new." in methods(notebook).text


def test_the_beginning_of_a_study_is_told(traced, opening, capsys):
    notebook = traced()
    notebook["cells"].insert(0, opening(copies=["IM-00-9"], patient="(IM-[0-9]+)-.*"))
    text = methods(notebook).text
    assert "Images were left out: 1 x the same image as another. Patients were" in text
    how = "by the names of the files, with the regular expression “(IM-[0-9]+)-.*”: 8 patients"
    assert f"Patients were identified {how}" in text and "your" not in text
    own = [line for cell in load(find("studies/own"))["cells"] for line in source(cell).splitlines()]
    (counting,) = (line.strip() for line in own if "images were found" in line)
    exec(counting, {"raw": range(1858), "reasons": range(3)})  # noqa: S102 (as the stored study prints it)
    said = capsys.readouterr().out
    notebook["cells"][2]["outputs"].append({"output_type": "stream", "name": "stdout", "text": said})
    text = methods(notebook).text
    assert "1,861 images were found, and 3 of them left out (1 x the same image as another). Patients" in text
