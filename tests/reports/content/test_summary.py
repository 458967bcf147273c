import bs4
import numpy as np
import pytest

from workbench.cnn import border_in_words
from workbench.reports.content.facts import identity
from workbench.reports.content.icons import icon_array
from workbench.reports.content.summary import summary
from workbench.studies import too_good_in_words

CENTRE, CORNER = np.pad([[1.0]], ((5, 4), (5, 4))), np.pad([[1.0]], ((0, 9), (0, 9)))


def page(notebook):
    return bs4.BeautifulSoup(summary(notebook).html, "html.parser")


def told(notebook, text):
    """The plain page of a run that printed a text."""
    printed = {"output_type": "stream", "name": "stdout", "text": text}
    notebook["cells"][-2]["outputs"].append(printed)
    return page(notebook).get_text(" ", strip=True)


def test_natural_frequencies_are_those_of_the_record(traced):
    text = page(traced()).get_text(" ", strip=True)
    assert "Of 100 cases with “ill”, it finds 88 and misses 12." in text
    assert "between 79 and 94 would be found" in text
    assert "Of 100 cases without it, it wrongly flags 9; the other 91 it rightly does not." in text
    assert "between 4 and 15 would be flagged" in text
    assert "Of 100 pairs, one of each kind, it ranks 91 rightly" in text
    assert "240 cases of 80 people" in text
    # Of 600 others than the 400, the share 0.0898 is 54; by the interval, shares of 0.04 to 0.15 are 24 to 90.
    assert "If, as in this study, 400 of the 1,000 have it, 352 alarms are right and 54 wrong" in text
    assert "54 wrong (anything from 24 to 90 is likely)" in text
    # Of 990 others than 10, the share 0.0898 is 89.
    assert "If 10 of them have it, 9 alarms are right and 89 wrong" in text


def test_what_came_out_elsewhere_stands_beside_and_is_the_one_to_expect(traced):
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    run["parameters"]["negative"] = "well"
    calls = run["methods"]["calls"]
    first = next(call for call in calls if call["function"] == "evaluation.evaluate")
    away = {"recall": [0.85, 0.75, 0.9], "specificity": [0.7, 0.6, 0.8], "auc": [0.8, 0.7, 0.9]}
    first["found"].append(first["found"][0] | {"cases": 120, "patients": 40, "metrics": away})
    models = {"CNN": first["found"][0]["metrics"], "logistic": away}
    calls += [
        {"function": "cohorts.internal_and_external", "options": {}},
        {"function": "recognition.CrossValidation.summary", "options": {}, "found": [{"models": models}]},
        {"function": "evaluation.external_validation", "options": {}},
    ]
    text = page(notebook).get_text(" ", strip=True)
    assert "A computer program (the convolutional network)" in text
    assert "tell “ill” from “well” in 240 cases of 80 people" in text
    named = (
        "The second group, 120 cases of 40 people, was set aside at the beginning; no program had seen it before."
    )
    assert f"The 240 cases of 80 people are the first group. {named}" in text
    assert "Of 100 cases with “well”, it wrongly flags 30; the other 70 it rightly does not." in text
    assert "These are the figures to expect for new people of the same place" in text
    assert "There it misses 3 more of 100 and it wrongly flags 21 more of 100 than in the first group." in text
    # Of 990 others than 10, the share 0.3 is 297.
    assert "If 10 of them have it, 8 alarms are right and 297 wrong" in text
    assert "people from elsewhere" not in text and "of the same place" in text
    assert len(page(notebook).select(".icon-half svg")) == 2
    rows = [row.get_text(" ", strip=True) for row in page(notebook).select("tbody tr")]
    assert rows == [
        "first 88 (79 to 94) 9 (4 to 15) 91 (87 to 95)",
        "second 85 (75 to 90) 30 (20 to 40) 80 (70 to 90)",
    ]


@pytest.fixture
def rivals(traced):
    """Two models on the same cases, the second the better one, and their difference."""

    def make(low, high):
        notebook = traced()
        calls = notebook["metadata"]["workbench"]["run"]["methods"]["calls"]
        first = next(call for call in calls if call["function"] == "evaluation.evaluate")
        better = {"recall": [0.92, 0.9, 0.95], "specificity": [0.95, 0.9, 0.97], "auc": [0.95, 0.93, 0.97]}
        models = {"CNN": first["found"][0]["metrics"], "logistic": better}
        first["found"].append(first["found"][0] | {"metrics": better})
        compared = next(call for call in calls if call["function"] == "evaluation.compare_predictions")
        compared["found"] = [{"differences": {"auc": [0.9137 - 0.95, low, high]}}]
        calls.append(
            {"function": "recognition.CrossValidation.summary", "options": {}, "found": [{"models": models}]}
        )
        return page(notebook).get_text(" ", strip=True)

    return make


def test_of_two_models_both_are_shown_and_the_better_one_is_spoken_of(rivals):
    text = rivals(-0.06, -0.01)
    assert "Two computer programs were asked" in text
    assert "The convolutional network sees the image itself; logistic regression weighs numbers" in text
    assert "logistic regression all 92 (90 to 95) 5 (3 to 10) 95 (93 to 97) the convolutional network" in text
    assert "logistic regression ranks 95 of 100 pairs rightly, the convolutional network 91." in text
    assert "This is more than chance explains, so the rest of this page speaks of logistic regression." in text
    assert "it finds 92 and misses 8" in text
    assert "No difference is shown, so either may be the better one" in rivals(-0.06, 0.01)


def test_nearly_all_are_not_all(traced):
    notebook = traced()
    calls = notebook["metadata"]["workbench"]["run"]["methods"]["calls"]
    first = next(call for call in calls if call["function"] == "evaluation.evaluate")
    sure = {"recall": [0.997, 0.99, 0.999], "specificity": [0.9999, 0.9, 0.99999], "auc": [0.9961, 0.98, 1.0]}
    first["found"][0]["metrics"] = sure
    text = page(notebook).get_text(" ", strip=True)
    assert "it finds over 99 and misses under 1. Among others of the same kind, probably at least 99 would" in text
    assert "it wrongly flags under 1; the other over 99 it rightly does not." in text
    assert "probably at most 10 would be flagged" in text
    assert "Of 100 pairs, one of each kind, it ranks over 99 rightly" in text
    # Of 990 others than 10, the share 0.0001 is a tenth of one.
    assert "If 10 of them have it, 10 alarms are right and under 1 wrong (anything from under 1 to 99" in text


def test_icon_arrays_show_the_same_numbers_without_colour(traced):
    pictures = page(traced()).select("svg[role=img]")
    assert [len(each.select("circle, path")) for each in pictures] == [100, 100]
    assert [len(pictures[0].select(f".icon-{kind}")) for kind in ("hit", "miss")] == [88, 12]
    assert [len(pictures[1].select(f".icon-{kind}")) for kind in ("false", "clear")] == [9, 91]
    assert "finds 88 and misses 12" in pictures[0]["aria-label"]
    assert icon_array(1, 1, kinds=("hit", "miss"), alt="<&>").count("&lt;&amp;&gt;") == 1


def test_the_runs_figure_keeps_its_alternative_text(traced):
    image = page(traced()).find("img")
    assert image["alt"] == "A <red> pixel." and image["src"].startswith("data:image/png;base64,iVBOR")


def test_what_it_cannot_do(traced):
    text = page(traced()).get_text(" ", strip=True)
    for limit in ("not a medical device", "80 people only", "people from elsewhere", "women and men"):
        assert limit in text
    assert "simulated" not in text
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["methods"]["calls"][0]["found"][0]["simulated"] = True
    assert "these people do not exist" in page(notebook).get_text()


@pytest.mark.parametrize("why", ["no class to be found", "macro averages", "nothing judged"])
def test_without_a_classification_results_are_put_in_plain_words(traced, why):
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    judged = run["methods"]["calls"][-3]["found"][0]
    if why == "no class to be found":
        del run["parameters"]["positive"]
    elif why == "macro averages":
        del judged["one_class"]
    else:
        judged["metrics"]["recall"] = [None, None, None]
    (values,) = notebook["cells"][-1]["outputs"][0]["metadata"].values()
    values |= {"dice_liver": 0.91234, "converged": True}
    text = page(notebook).get_text(" ", strip=True)
    assert "What was measured" in text and "Of 100" not in text
    assert "Dice liver 0.9123 overlap of two outlines, from 0 (apart) to 1 (the same)" in text
    assert "converged yes" in text


def test_a_result_that_a_metric_gave_is_explained_whatever_its_name(traced):
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    del run["parameters"]["positive"]
    run["methods"]["calls"].append({"function": "evaluation.dice", "options": {}, "found": [{"value": 0.91}]})
    (values,) = notebook["cells"][-1]["outputs"][0]["metadata"].values()
    values["unet_grey"] = 0.91
    assert "U-Net grey 0.910 overlap of two outlines" in page(notebook).get_text(" ", strip=True)


def test_a_record_of_nothing_still_makes_a_page():
    found = summary({"cells": [], "metadata": {}})
    assert found.title == "A run of the workbench"
    assert "recorded no result" in found.html


def test_patients_elsewhere_may_be_as_many_as_the_first(traced):
    notebook = traced()
    run = notebook["metadata"]["workbench"]["run"]
    run["parameters"]["cohort"] = "simulated"
    calls = run["methods"]["calls"]
    first = next(call for call in calls if call["function"] == "evaluation.evaluate")
    away = {"recall": [0.6, 0.5, 0.7], "specificity": [0.7, 0.6, 0.8], "auc": [0.8, 0.7, 0.9]}
    first["found"].append(first["found"][0] | {"metrics": away})
    calls += [
        {"function": "cohorts.internal_and_external", "options": {}},
        {"function": "evaluation.external_validation", "options": {}, "calls": 1},
    ]
    text = page(notebook).get_text(" ", strip=True)
    assert (
        "The second group, 240 cases of 80 people, is of another simulated study" in text
        and "it finds 60 and misses 40" in text
    )
    assert "These are the figures to expect for new cases of that simulation." in text
    text = told(notebook, border_in_words({"occlusion": [CORNER], "Grad-CAM": [CORNER]}, ["ill"]))
    assert "These are the figures to expect" not in text
    assert "For new cases of that simulation, expect such figures at best: see “What is in doubt”" in text


def test_what_remains_of_a_studys_audit_is_told(traced, opening):
    notebook = traced()
    notebook["cells"].insert(0, opening(more=["NEW-IM-00-3"]))
    remains = "One pair of patients may be one patient, as the name of one stands within the other's"
    said = f"What is in doubt Found when the study was started: {remains}; they are taken for two. A picture"
    assert said in page(notebook).get_text(" ", strip=True)


def test_that_each_image_is_of_another_person_is_said_as_taken_so(traced, opening):
    notebook = traced()
    assert "in 240 cases of 80 people whose true answer" in page(notebook).get_text()
    notebook["cells"].insert(0, opening(patient="image"))
    text = page(notebook).get_text(" ", strip=True)
    assert "in 240 cases, each taken for another person, whose true answer" in text
    assert "16 of 16 names of files look like several images of 8 patients" in text


def test_a_study_of_which_nothing_remains_has_no_doubts(traced, opening):
    notebook = traced()
    notebook["cells"].insert(0, opening())
    assert "Remains: nothing" in notebook["cells"][0]["source"]
    assert "in doubt" not in page(notebook).get_text()


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ({"occlusion": [CENTRE], "Grad-CAM": [CENTRE]}, ""),
        ({"occlusion": [CORNER, CORNER / 100], "Grad-CAM": [CORNER, CENTRE]}, "In 2 of 4 pictures"),
        ({"occlusion": [CENTRE], "Grad-CAM": [CORNER]}, "In 1 of 2 pictures"),
    ],
)
def test_heat_at_the_border_is_told(traced, maps, said):
    names = [f"case-{number}, truth ill" for number in range(len(maps["occlusion"]))]
    text = told(traced(), border_in_words(maps, names))
    assert ("What is in doubt" in text) == bool(said) and said in text
    assert ("Of two methods, only the coarser says so." in text) == (said == "In 1 of 2 pictures")


def test_what_is_too_good_is_told(traced):
    assert "So good a result" not in told(traced(), too_good_in_words({"CNN": 0.9}, size=48, feature="mean"))
    assert "So good a result is to be" in told(traced(), too_good_in_words({"CNN": 0.99}, size=48, feature="mean"))


def test_where_the_border_was_cut_nobody_is_told_to_cut_it(traced):
    warning = border_in_words({"occlusion": [CORNER]}, ["truth ill"])
    text = f"{warning}\n{too_good_in_words({'CNN': 0.99}, size=48, feature='mean')}\n"
    advice = "The border was already cut by 10 %; compare with the run with margin=0."
    assert advice not in told(traced(), text)
    for printed in (warning, text, text.splitlines()[-1]):
        notebook = traced()
        notebook["metadata"]["workbench"]["run"]["parameters"]["margin"] = 10
        said = told(notebook, printed)
        assert said.count(advice) == 1 and "or borders" not in said


def test_parameters_that_differ_are_told(traced):
    notebook = traced()
    assert "differs from what the notebook" not in page(notebook).get_text()
    notebook["cells"][0]["source"] = "margin: int = 0  # per cent cut off each side\nsize: int = 3"
    given = notebook["metadata"]["workbench"]["run"]["parameters"]
    given |= {"margin": 10, "size": 3}
    said = "by itself: with margin = 10 instead of 0 (per cent cut off each side)."
    assert said in page(notebook).get_text()


def test_the_page_says_which_run_it_is_about(traced):
    notebook = traced()
    notebook["metadata"]["workbench"]["run"]["parameters"]["cohort"] = "../my_study/cases.csv"
    assert identity(notebook) == "study my_study · run of 2026-01-01 00:00 UTC · digest dddddddddddd"


def test_the_names_of_results_tell_models_and_who_is_elsewhere(traced):
    notebook = traced()
    calls = notebook["metadata"]["workbench"]["run"]["methods"]["calls"]
    first = next(call for call in calls if call["function"] == "evaluation.evaluate")
    rates = ([0.8, 0.7, 0.9], [0.7, 0.6, 0.8])
    aucs = {"cnn_auc": 0.9137, "logistic_auc": 0.95, "cnn_auc_external": 0.81, "logistic_auc_external": 0.61}

    one = first["found"][0]

    def judged(auc, recall, specificity):
        sure = {"auc": [auc, auc - 0.02, auc + 0.02], "recall": recall, "specificity": specificity}
        return one | {"metrics": sure}

    first["found"] = [judged(aucs[name], *rates) for name in ("cnn_auc", "logistic_auc")]
    # Each model once more, at a threshold of its own, on the first patients and on others, as many.
    for number, name in enumerate(("cnn_auc", "logistic_auc")):
        low = [[value - 0.1 * number - 0.2 for value in rate] for rate in rates]
        found = [judged(aucs[name], *low), judged(aucs[f"{name}_external"], *low[::-1])]
        calls.append(first | {"options": {"threshold": 0.1 * number}, "found": found})
    calls.append({"function": "evaluation.external_validation", "options": {}, "calls": 2})
    (values,) = notebook["cells"][-1]["outputs"][0]["metadata"].values()
    values |= aucs
    text = page(notebook).get_text(" ", strip=True)
    assert "logistic regression first 50 (40 to 60) 60 (50 to 70) 95 (93 to 97) second 40" in text
    assert "the convolutional network first 60 (50 to 70) 50 (40 to 60) 91" in text
