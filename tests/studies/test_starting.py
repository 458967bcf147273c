import json
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from workbench import cohorts, studies
from workbench.cli import app
from workbench.cohorts import CohortError
from workbench.experiments import parameters
from workbench.experiments.executing import prepared
from workbench.experiments.planning import plan
from workbench.reports.content.facts import settings
from workbench.studies import findings

EXAMPLE = Path(__file__).parents[2] / "data" / "example_study"


def started(folder, source=None, **options):
    return studies.start(folder, source, **options)


def lines(path):
    return pd.read_csv(path, dtype=str).fillna("")


def contents(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_study_is_written_beside_the_images_which_stay(tmp_path, classes):
    before = contents(classes)
    study = started(tmp_path / "mine", classes)
    assert contents(classes) == before
    assert (tmp_path / "mine" / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in (tmp_path / "mine").glob("[!.]*")) == [
        "README.md",
        "audit.csv",
        "cases.csv",
        "left_out.csv",
        "study.ipynb",
    ]
    cohort = cohorts.read(tmp_path / "mine")
    assert cohort.summary().loc["all", ["cases", "label NORMAL", "label PNEUMONIA"]].tolist() == [16, 8, 8]
    assert [cohort.image(case).shape for case in cohort] == [(24, 20)] * 16
    assert (study.positive, study.lacking) == ("PNEUMONIA", "")


def test_names_of_files_are_in_the_table_alone(tmp_path, picture):
    for number in range(16):
        picture(tmp_path / "images" / "ab"[number % 2] / f"Doe_Jane-{number:04}.png", number)
    started(tmp_path / "mine", tmp_path / "images")
    for path in (tmp_path / "mine").iterdir():
        assert ("Doe" in path.read_text()) == (path.name == "cases.csv")


def test_the_notebook_has_its_parameters_and_no_outputs(tmp_path, classes, monkeypatch):
    monkeypatch.chdir(tmp_path)
    started("mine", "images")
    known = parameters(tmp_path / "mine" / "study.ipynb")
    assert known["cohort"].default == "cases.csv"
    assert (known["positive"].default, known["negative"].default) == ("PNEUMONIA", "NORMAL")
    assert known["folds"].default == 5
    notebook = json.loads((tmp_path / "mine" / "study.ipynb").read_text())
    assert not any(cell.get("outputs") for cell in notebook["cells"])
    opening = "".join(notebook["cells"][0]["source"])
    assert opening.startswith("# PNEUMONIA or NORMAL?")
    assert "16 images of 16 patients (NORMAL 8, PNEUMONIA 8)" in opening
    assert "Each is taken for a patient" in opening or "each is taken for a patient" in opening


def test_what_cannot_be_analysed_is_left_out_with_its_reason(tmp_path, classes, picture):
    pictures = sorted(classes.rglob("*.png"))
    pictures[0].write_bytes(b"no picture")
    pictures[2].write_bytes(pictures[1].read_bytes())
    (classes / "PNEUMONIA" / "copy.png").write_bytes(pictures[3].read_bytes())
    for number in range(4):
        picture(classes / "NORMAL" / f"more{number}.png", 100 + number)
    study = started(tmp_path / "mine", classes)
    reasons = study.left_out["reason"].str.replace(r"case-\d+", "case", regex=True)
    assert sorted(reasons) == [
        "identical images with different labels",
        "identical images with different labels",
        "the same image as case",
        "unreadable file",
    ]
    assert len(study.cohort) == 17
    assert lines(tmp_path / "mine" / "left_out.csv")["image"].str.endswith(".png").all()


@pytest.mark.parametrize(
    "case",
    [("images/NORMAL", "lacks classes: fill in"), ("one", "lacks a second class: all 12 cases")],
)
def test_a_study_that_lacks_something_is_started_all_the_same(tmp_path, classes, picture, monkeypatch, case):
    source, lacking = case
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one").mkdir()
    for number in range(4):
        picture(classes / "NORMAL" / f"more{number}.png", 100 + number)
    rows = [f"../images/NORMAL/{path.name},ill" for path in (classes / "NORMAL").iterdir()]
    (tmp_path / "one" / "cases.csv").write_text("\n".join(["file,label", *rows]))
    result = CliRunner().invoke(app, ["new", "mine", source, "-j", "1"])
    assert result.exit_code == 1
    assert lacking in result.stderr
    assert result.stdout.splitlines()[-1] == "next: workbench new mine"
    assert not (tmp_path / "mine" / "study.ipynb").exists()
    table = lines("mine/cases.csv").assign(label=["a", "b"] * 6)
    table.to_csv("mine/cases.csv", index=False)
    again = CliRunner().invoke(app, ["new", "mine", "-j", "1"])
    assert again.exit_code == 0, again.output
    assert (tmp_path / "mine" / "study.ipynb").exists()


def test_the_command_says_what_to_type_next(tmp_path, classes, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["new", "mine", "images", "-j", "1"])
    assert result.exit_code == 0, result.output
    said = result.stdout.splitlines()
    assert said[0] == "16 cases of 16 patients: NORMAL 8, PNEUMONIA 8"
    steps = [str(step) for step in studies.commands("mine", "images")[1:]]
    assert said[-3:] == [f"next: {step}" for step in steps]
    readme = (tmp_path / "mine" / "README.md").read_text()
    assert all(f"    {step}\n" in readme for step in steps)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine"], "workbench new mine FOLDER_OF_IMAGES"),
        (["mine", "nowhere"], "nowhere"),
        (["images", "images"], "images is not empty; name a new one"),
        (["images", "nowhere"], "nowhere"),
        (["mine", "empty"], "no images"),
        (["mine", "images", "--positive", "COVID"], "no case is of class 'COVID'; there are NORMAL, PNEUMONIA"),
        (["mine", "images", "--patient", "p("], "no regular expression"),
        (["mine", "images", "--label", "diagnosis"], "no column 'diagnosis'"),
    ],
)
def test_a_mistake_is_told_in_one_line_and_nothing_is_written(tmp_path, classes, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(app, ["new", *arguments, "-j", "1"])
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "mine").exists()


def test_a_notebook_that_was_changed_is_kept(tmp_path, classes):
    path = tmp_path / "mine" / "study.ipynb"
    started(tmp_path / "mine", classes)
    started(tmp_path / "mine", positive="NORMAL")
    assert parameters(path)["positive"].default == "NORMAL"
    path.write_text(path.read_text().replace("## Question", "## My question"))
    started(tmp_path / "mine", positive="PNEUMONIA")
    assert "My question" in path.read_text()


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def with_copies(classes):
    pictures = sorted((classes / "PNEUMONIA").iterdir())
    pictures[0].write_bytes(b"no picture")
    (classes / "PNEUMONIA" / "copy.png").write_bytes(pictures[3].read_bytes())
    (classes / "PNEUMONIA" / "zcopy.png").write_bytes(pictures[4].read_bytes())


def test_findings_say_what_was_done_about_them_the_same_everywhere(tmp_path, classes):
    with_copies(classes)
    study = started(tmp_path / "mine", classes)
    audit = lines(tmp_path / "mine" / "audit.csv").set_index("kind")
    assert set(audit.index) == {"unreadable file", "identical images"}
    assert audit.loc["unreadable file", "done"] == f"left out: {audit.loc['unreadable file', 'cases']}"
    assert all(
        row.done == f"left out: {row.cases.split()[1]}" for row in audit.loc["identical images"].itertuples()
    )
    told = studies.told(study)[-3:]
    numbers = "left_out.csv says which; the other cases keep their numbers, which go to 18"
    assert told == [
        "left out: 2 x the same image as another",
        f"left out: 1 x unreadable file ({numbers})",
        "remains: nothing; the audit finds nothing else",
    ]
    opening = "".join(json.loads((tmp_path / "mine" / "study.ipynb").read_text())["cells"][0]["source"])
    readme = (tmp_path / "mine" / "README.md").read_text()
    for line in told:
        assert f"- {line}\n" in readme
        assert f"- {line[:1].upper()}{line[1:]}." in opening


def in_doubt(folder, picture):
    for number in range(24):
        label = ("NORMAL", "PNEUMONIA")[number % 2]
        before = f"{'NORMAL2-' if number >= 12 else ''}IM-" if label == "NORMAL" else "person"
        for view in range(2):
            name = f"{before}{number % 12 if label == 'NORMAL' else number:04}-{view}.png"
            picture(folder / label / name, 2 * number + view)
    return folder


def test_patients_in_doubt_are_told_until_the_user_says_who_they_are(tmp_path, picture, monkeypatch):
    monkeypatch.chdir(tmp_path)
    in_doubt(tmp_path / "images", picture)
    said = CliRunner().invoke(app, ["new", "mine", "images", "-j", "1"]).stdout.splitlines()
    assert "example: IN DOUBT, and taken for two, as 6 such pairs are: IM-0000-0 and NORMAL2-IM-0000-0" in said
    (remains,) = (line for line in said if line.startswith("remains:"))
    assert "6 pairs of patients may each be one patient" in remains
    audit = lines("mine/audit.csv")
    assert audit["kind"].tolist() == ["one patient or two"] * 6
    assert audit["done"].tolist() == ["remains: look at it"] * 6
    before = files(tmp_path / "mine")
    assert "may each be one patient" in before["README.md"].decode()
    started("mine")
    assert files(tmp_path / "mine") == before
    (command,) = (line for line in said if line.startswith("if each pair in doubt is one patient: "))
    typed = shlex.split(command.partition(": workbench ")[2])
    again = CliRunner().invoke(app, [*typed, "-j", "1"])
    assert again.exit_code == 0, again.output
    assert "48 cases of 18 patients" in again.stdout
    assert "remains: nothing" in again.stdout
    assert lines("mine/cases.csv")["patient"].str.fullmatch(r"patient-\d+").all()


def test_patients_whom_the_table_makes_one_are_no_longer_in_doubt(tmp_path, picture):
    study = started(tmp_path / "mine", in_doubt(tmp_path / "images", picture))
    two = study.remaining["detail"].iloc[0].partition(":")[0].split(" and ")
    table = lines(tmp_path / "mine" / "cases.csv").replace({"patient": {two[1]: two[0]}})
    table.to_csv(tmp_path / "mine" / "cases.csv", index=False)
    assert len(started(tmp_path / "mine").remaining) == 5


def test_passages_of_another_study_are_left_out_of_the_notebook(tmp_path, classes):
    started(tmp_path / "mine", classes)
    notebook = json.loads((tmp_path / "mine" / "study.ipynb").read_text())
    prose = "\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    assert "<!--" not in prose
    assert "imulated" not in prose
    assert "stands at the beginning of this page" in prose
    assert "were not square were stretched" in prose


def test_many_findings_of_a_kind_are_told_in_few_lines(tmp_path, classes):
    study = started(tmp_path / "mine", classes)
    rows = [("warning", "spacing outlier", (f"case-{n:05}",), "odd", findings.REMAINS) for n in range(9)]
    many = replace(study, findings=pd.DataFrame(rows, columns=["severity", "kind", "cases", "detail", "done"]))
    assert studies.told(many)[-2:] == [
        "remains: warning: spacing outlier: odd [case-00002]",
        "remains: warning: spacing outlier: 6 more in audit.csv",
    ]


@pytest.mark.parametrize("page", ["README.md", "docs/own-data.md"])
def test_the_guides_have_the_commands_that_the_command_prints(page):
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    for step in studies.commands("my_study", "path/to/images"):
        assert f"\n{step}\n" in text


def test_a_folder_with_a_space_in_its_name_is_quoted():
    assert (
        studies.commands("my study", "x")[1].command == "workbench run 'my study/study.ipynb' -o 'my study/runs'"
    )
    assert studies.again("my study") == "workbench new 'my study'"


def test_the_notebook_finds_its_cases_wherever_it_is_run_from(tmp_path, classes, monkeypatch):
    started(tmp_path / "mine", classes)
    (tmp_path / "mine").rename(tmp_path / "moved")
    (tmp_path / "else" / "where").mkdir(parents=True)
    seen = {}
    for place in (tmp_path, tmp_path / "moved", tmp_path / "else" / "where"):
        monkeypatch.chdir(place)
        (job,) = plan([(tmp_path / "moved" / "study.ipynb", {})])
        seen[place.name] = (job.values["cohort"], job.given)
        assert job.data
        assert len(cohorts.read(job.values["cohort"])) == 16
        assert not any(setting.changed for setting in settings(prepared(job)))
    assert seen["moved"] == ("cases.csv", {})
    assert seen["where"][0] == "../../moved/cases.csv"
    (job,) = plan([(tmp_path / "moved" / "study.ipynb", {"cohort": "samples"})])
    assert job.given == {"cohort": "samples"}
    assert [setting.name for setting in settings(prepared(job)) if setting.changed] == ["cohort"]


@pytest.mark.parametrize("positive", [None, "NORMAL"])
def test_a_study_that_is_started_again_has_the_same_files(tmp_path, classes, positive):
    with_copies(classes)
    started(tmp_path / "mine", classes, positive=positive)
    before = files(tmp_path / "mine")
    assert before["left_out.csv"].count(b"\n") == 4
    for _ in range(2):
        started(tmp_path / "mine")
        assert files(tmp_path / "mine") == before


def test_a_table_with_gaps_and_numbers_stays_as_it_is_too(tmp_path, picture):
    rows = ["file,label,age,patient"]
    for number in range(16):
        path = picture(tmp_path / f"{number}.png", number % 15)
        rows.append(f"{path.name},{number % 2 if number else ''},{number or ''},{number:03}")
    (tmp_path / "list.csv").write_text("\n".join(rows))
    study = started(tmp_path / "mine", tmp_path / "list.csv", positive="1")
    assert (
        "patients: column patient of list.csv (16); 15 of these 16 patients have cases that are analysed"
        in study.assumed
    )
    before = files(tmp_path / "mine")
    again = started(tmp_path / "mine")
    assert (len(again.left_out), again.assumed) == (1, study.assumed)
    assert files(tmp_path / "mine") == before


def test_images_that_are_missing_stay_left_out(tmp_path, picture):
    rows = ["file,label,patient"]
    for number in range(14):
        path = picture(tmp_path / f"{number}.png", number)
        rows.append(f"{path.name if number else ''},{number % 2},{number:03}")
    (tmp_path / "list.csv").write_text("\n".join(rows))
    assert started(tmp_path / "mine", tmp_path / "list.csv").left_out["reason"].tolist() == ["missing image"]
    before = files(tmp_path / "mine")
    started(tmp_path / "mine")
    assert files(tmp_path / "mine") == before


def test_a_lacking_study_that_is_started_again_has_the_same_files(tmp_path, classes):
    started(tmp_path / "mine", classes / "NORMAL")
    before = files(tmp_path / "mine")
    assert started(tmp_path / "mine").lacking
    assert files(tmp_path / "mine") == before


def test_what_was_mended_comes_back_to_the_study(tmp_path, classes, picture):
    with_copies(classes)
    assert len(started(tmp_path / "mine", classes).cohort) == 15
    picture(classes / "PNEUMONIA" / "PNEUMONIA1.png", 1)
    again = started(tmp_path / "mine")
    assert len(again.cohort) == 16
    assert list(again.cohort) == sorted(again.cohort)
    assert len(lines(tmp_path / "mine" / "cases.csv")) == 16


def test_found_left_out_and_analysed_are_counted_in_one_line(tmp_path, classes):
    with_copies(classes)
    study = started(tmp_path / "mine", classes)
    assert studies.told(study)[0] == (
        "18 images found, 2 copies left out, 1 left out for other reasons, 15 cases of 15 patients: "
        "NORMAL 8, PNEUMONIA 7"
    )


def test_a_notebook_that_was_kept_is_not_said_to_be_written(tmp_path, classes, monkeypatch):
    monkeypatch.chdir(tmp_path)
    started("mine", "images")
    path = tmp_path / "mine" / "study.ipynb"
    path.write_text(path.read_text().replace("## Question", "## My question"))
    said = CliRunner().invoke(app, ["new", "mine", "-j", "1"]).stdout
    assert "study.ipynb (changed by you, and kept)" in said


def test_another_patient_said_later_takes_the_place_of_what_was_assumed(tmp_path, classes):
    started(tmp_path / "mine", classes)
    table = lines(tmp_path / "mine" / "cases.csv").assign(who=[f"p{n // 2}" for n in range(16)])
    table.to_csv(tmp_path / "mine" / "cases.csv", index=False)
    study = started(tmp_path / "mine", patient="who")
    assert [text for text in study.assumed if text.startswith("patients:")] == [
        "patients: column who of cases.csv (8)"
    ]
    assert cohorts.read(tmp_path / "mine").table["patient"].nunique() == 8


def test_parameters_keep_their_whole_meaning_whatever_the_folder_is_called(tmp_path, classes):
    folder = tmp_path / "a_rather_long_name_of_a_study"
    started(folder, classes)
    meanings = {name: one.help for name, one in parameters(folder / "study.ipynb").items()}
    assert meanings == {name: one.help for name, one in parameters("studies/own").items()}


def test_more_than_two_classes_become_one_against_all_others(tmp_path, picture):
    for number in range(24):
        picture(tmp_path / "images" / ("normal", "glioma", "metastasis")[number % 3] / f"{number}.png", number)
    study = started(tmp_path / "mine", tmp_path / "images", positive="metastasis")
    known = parameters(tmp_path / "mine" / "study.ipynb")
    assert (study.positive, known["positive"].default, known["negative"].default) == (
        "metastasis",
        "metastasis",
        "",
    )
    two = cohorts.two_classes(cohorts.read(tmp_path / "mine"), positive="metastasis")
    assert two.table["label"].value_counts().to_dict() == {"not metastasis": 16, "metastasis": 8}


def test_a_set_of_arrays_gets_a_table_too(tmp_path):
    rng = np.random.default_rng(0)
    for name, shape in {"grey": (8, 8, 8), "rgb": (8, 8, 3)}.items():
        arrays = {"train_images": rng.integers(0, 9, (8, *shape)), "train_labels": np.arange(8)[:, None] % 2}
        np.savez(tmp_path / f"{name}.npz", **arrays)
        started(tmp_path / name, tmp_path / f"{name}.npz")
        cohort = cohorts.read(tmp_path / name)
        assert cohort.table["image"].map(str).iloc[5] == f"{name}.npz:train_images[5]"
        np.testing.assert_array_equal(cohort.image("train-00005"), arrays["train_images"][5])
        assert cohort.image("train-00005").channel_axis == (2 if name == "rgb" else None)


def test_dicom_series_of_one_folder_get_a_table_too(tmp_path):
    (tmp_path / "dicom").mkdir()
    for number, path in enumerate(sorted(EXAMPLE.rglob("*.dcm"))):
        shutil.copy(path, tmp_path / "dicom" / f"IM{number:03}")
    made = started(tmp_path / "mine", tmp_path / "dicom")
    cohort = cohorts.read(tmp_path / "mine")
    assert (len(cohort), cohort.table["patient"].nunique()) == (12, 6)
    assert cohort.image(next(iter(cohort))).modality == "CT"
    assert made.lacking.startswith("classes")


def test_the_example_study_keeps_its_names(tmp_path):
    study = started(tmp_path / "mine", EXAMPLE, positive="nodule")
    assert list(study.cohort)[:2] == ["01-1", "01-2"]
    cohort = cohorts.read(tmp_path / "mine")
    assert cohort.mask("01-1").shape == (128, 128)
    assert study.lacking.startswith("more patients")


def test_unequal_sizes_are_told_and_slices_beside_volumes_refused(tmp_path, classes, picture):
    picture(classes / "NORMAL" / "large.png", 99, (60, 20))
    said = " ".join(started(tmp_path / "mine", classes).assumed)
    assert "images of 2 sizes, 24 x 20 pixels to 60 x 20 pixels are brought" in said
    for number in range(3):
        picture(classes / "NORMAL" / f"volume{number}.npy", 200 + number, (9, 9, 9))
    study = started(tmp_path / "other", classes)
    assert "24 x 20 pixels and 9 x 9 x 9 pixels; make a study of slices" in study.lacking


def test_too_few_patients(tmp_path, picture):
    for number in range(6):
        picture(tmp_path / "images" / "ab"[number % 2] / f"{number}.png", number)
    assert (
        "more patients: 'a' has 3, and 6 of each class are the least"
        in started(tmp_path / "mine", tmp_path / "images").lacking
    )


def test_nothing_that_can_be_analysed(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(b"no picture")
    with pytest.raises(CohortError, match="none of 1 cases can be analysed: unreadable file"):
        started(tmp_path / "mine", tmp_path / "images")


def test_a_study_that_was_moved_away_from_its_images(tmp_path, classes):
    started(tmp_path / "mine", classes)
    shutil.copytree(tmp_path / "mine", tmp_path / "away" / "moved")
    first = (tmp_path / "away" / "images" / "NORMAL" / "NORMAL0.png").resolve()
    said = re.escape(
        f"none of 16 cases can be analysed: images are not where cases.csv says: {first} is not found"
    )
    with pytest.raises(CohortError, match=f"{said}, nor are 15 more; paths in it count from the study's folder$"):
        started(tmp_path / "away" / "moved")
    shutil.copytree(classes, tmp_path / "away" / "images")
    assert len(started(tmp_path / "away" / "moved").cohort) == 16


@pytest.mark.parametrize("typed", ["absolute", "pictures", "../here/pictures", "link", "above"])
def test_cases_are_numbered_however_the_images_were_found(tmp_path, picture, monkeypatch, typed):
    here = tmp_path / "here"
    for number in range(16):
        picture(here / "pictures" / "ab"[number % 2] / f"Doe_Jane-{number:04}.png", number)
    (here / "link").symlink_to(here / "pictures", target_is_directory=True)
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below" if typed == "above" else here)
    named = {"absolute": str(here / "pictures"), "above": "pictures"}.get(typed, typed)
    result = CliRunner().invoke(app, ["new", str(here / "mine"), named, "-j", "1"])
    assert result.exit_code == 0, result.output
    assert ("a folder above has it" in result.stdout) == (typed == "above")
    table = lines(here / "mine" / "cases.csv")
    assert table["case"].tolist() == [f"case-{number:05}" for number in range(1, 17)]
    assert table["patient"].tolist() == [f"patient-{number:05}" for number in range(1, 17)]
    assert set(table["label"]) == {"a", "b"}
    for path in (here / "mine").iterdir():
        assert ("Doe" in path.read_text()) == (path.name == "cases.csv")


@pytest.mark.parametrize("patient", [r"(?:.*-)?(IM-\d+|person\d+)-\d+", r"(person\d+|IM-\d+).*", "image"])
def test_patients_said_later_are_those_said_at_first(tmp_path, picture, patient):
    in_doubt(tmp_path / "images", picture)
    copied = tmp_path / "images" / "NORMAL" / "NORMAL2-IM-0002-7.png"
    copied.write_bytes((tmp_path / "images" / "NORMAL" / "IM-0002-0.png").read_bytes())
    started(tmp_path / "first", tmp_path / "images", patient=patient)
    started(tmp_path / "later", tmp_path / "images")
    started(tmp_path / "later", patient=patient)
    first, later = files(tmp_path / "first"), files(tmp_path / "later")
    assert "left_out.csv" in first
    for name in ("cases.csv", "audit.csv", "left_out.csv", "doubts.csv"):
        assert first.get(name) == later.get(name), name


def test_names_and_doubts_that_an_expression_leaves_remain(tmp_path, picture):
    in_doubt(tmp_path / "images", picture)
    study = started(tmp_path / "mine", tmp_path / "images", patient=r"(person\d+|IM-\d+).*")
    said = "\n".join(studies.told(study))
    assert "remains: warning: 12 of 48 names of files do not fit the expression for patients" in said
    assert "may each be one patient" in said
    assert studies.told(started(tmp_path / "mine"))[-2:] == studies.told(study)[-2:]
    decided = started(tmp_path / "other", tmp_path / "images", patient=r"(person\d+|(?:NORMAL2-)?IM-\d+).*")
    said = "\n".join(studies.told(decided))
    assert "decided by your expression: 6 pairs are two patients" in said
    assert "remains: nothing" in said
    united = started(tmp_path / "third", tmp_path / "images", patient=r"(?:.*-)?(person\d+|IM-\d+)-\d+")
    assert "decided by your expression: 6 pairs are one patient" in "\n".join(studies.told(united))


def test_an_expression_stands_unchanged_in_the_notebook(tmp_path, picture):
    in_doubt(tmp_path / "images", picture)
    pattern = r"(?:.*[ _.-])?(person[0-9]+|IM-[0-9]+)(?:[ _.(-].*)?"
    started(tmp_path / "mine", tmp_path / "images", patient=pattern)
    opening = "".join(json.loads((tmp_path / "mine" / "study.ipynb").read_text())["cells"][0]["source"])
    assert f"`{pattern}`" in opening
    assert f"`{pattern}`" in (tmp_path / "mine" / "README.md").read_text()


def test_patients_changed_by_hand_are_counted_once_and_copies_follow(tmp_path, classes):
    with_copies(classes)
    started(tmp_path / "mine", classes)
    path = tmp_path / "mine" / "cases.csv"
    table = lines(path)
    twin = lines(tmp_path / "mine" / "left_out.csv")["reason"].str.extract(r"as (case-\d+)")[0].dropna().iloc[0]
    old = table.set_index("case").loc[twin, "patient"]
    table.loc[table["case"] == twin, "patient"] = "anybody"
    table.loc[table["case"] == table["case"].iloc[0], "patient"] = "anybody"
    table.to_csv(path, index=False)
    study = started(tmp_path / "mine")
    (said,) = (text for text in study.assumed if text.startswith("patients:"))
    assert said == "patients: column patient of cases.csv, changed by you (14)"
    assert "15 cases of 14 patients" in studies.told(study)[0]
    assert old not in set(lines(path)["patient"])
    before = files(tmp_path / "mine")
    assert started(tmp_path / "mine").assumed == study.assumed
    assert files(tmp_path / "mine") == before


def test_advice_about_patients_is_given_again_and_stays_in_the_folder(tmp_path, picture, monkeypatch):
    monkeypatch.chdir(tmp_path)
    in_doubt(tmp_path / "images", picture)
    said = CliRunner().invoke(app, ["new", "mine", "images", "-j", "1"]).stdout.splitlines()
    advice = [line for line in said if line.startswith(("example:", "if each pair"))]
    assert len(advice) == 4
    again = CliRunner().invoke(app, ["new", "mine", "-j", "1"]).stdout.splitlines()
    assert [line for line in again if line in advice] == advice
    readme = (tmp_path / "mine" / "README.md").read_text()
    assert advice[-1].partition(": ")[2] in readme
    assert "IN DOUBT" in readme
    doubts = lines(tmp_path / "mine" / "doubts.csv")
    assert doubts["images"].iloc[0].split()[0].endswith("IM-0000-0.png")
    assert doubts["other_images"].iloc[0].split()[0].endswith("NORMAL2-IM-0000-0.png")
    assert len(doubts) == 6
    for name in ("study.ipynb", "audit.csv"):
        assert "IM-0" not in (tmp_path / "mine" / name).read_text()


def test_an_audit_of_plain_images_tells_patients_as_the_study_does(tmp_path, picture, monkeypatch):
    monkeypatch.chdir(tmp_path)
    in_doubt(tmp_path / "images", picture)
    study, audit = (
        CliRunner().invoke(app, [*words, "images", "-j", "1"]).stdout.splitlines()
        for words in (["new", "mine"], ["audit"])
    )
    about = ("assumed: patients: ", "example: ")
    assert [line for line in audit if line.startswith(about)] == [line for line in study if line.startswith(about)]
    (remains,) = (line for line in study if line.startswith("remains: warning: "))
    assert remains.removeprefix("remains: ").partition(" (")[0] in audit
    (told,) = (line for line in audit if line.startswith("if each pair in doubt is one patient: workbench audit "))
    again = CliRunner().invoke(
        app, [*shlex.split(told.partition(": workbench ")[2]), "-j", "1", "-o", "found.csv"]
    )
    assert "decided by your expression: 6 pairs are one patient" in again.stdout
    assert again.stdout.endswith("48 cases: 0 errors, 0 warnings\n")
    mine = CliRunner().invoke(app, ["audit", "mine", "-j", "1"]).stdout
    assert "assumed" not in mine and mine.endswith("48 cases: 0 errors, 0 warnings\n")


def test_who_says_that_each_image_is_of_another_patient_hears_what_speaks_against_it(tmp_path, picture, classes):
    study = started(tmp_path / "mine", in_doubt(tmp_path / "pairs", picture), patient="image")
    # As many patients as are told without --patient.
    known = started(tmp_path / "names", tmp_path / "pairs").assumed
    assert any("there are 24 patients, 24 of them with several images" in text for text in known)
    against = "48 of 48 names of files look like several images of 24 patients"
    (remains,) = (line for line in studies.told(study) if line.startswith("remains: "))
    assert remains.startswith(f"remains: warning: {against}") and "(leakage)" in remains
    notebook = json.loads((tmp_path / "mine" / "study.ipynb").read_text())
    prose = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert f"- Remains: warning: {against}" in prose
    assert "Each image was taken for another patient, and many names of files say otherwise" in prose
    assert "--patient 'EXPRESSION'" in (tmp_path / "mine" / "README.md").read_text()
    audit = lines(tmp_path / "mine" / "audit.csv")
    alike = audit[audit["kind"] == findings.ALIKE]
    assert alike["done"].tolist() == [findings.REMAINS] * 24
    assert len(set(" ".join(alike["cases"]).split())) == 48
    before = files(tmp_path / "mine")
    started(tmp_path / "mine")
    assert files(tmp_path / "mine") == before
    plain = started(tmp_path / "plain", classes, patient="image")
    assert "patients: each image is of another patient, as you say" in plain.assumed
    assert studies.told(plain)[-1] == "remains: nothing; the audit finds nothing wrong"


def test_images_that_the_table_gives_to_one_patient_are_no_longer_held_against_the_user(tmp_path, picture):
    study = started(tmp_path / "mine", in_doubt(tmp_path / "pairs", picture), patient="image")
    one, other = study.remaining["cases"].iloc[0]
    table = lines(tmp_path / "mine" / "cases.csv").set_index("case")
    table.loc[other, "patient"] = table.loc[one, "patient"]
    table.reset_index().to_csv(tmp_path / "mine" / "cases.csv", index=False)
    assert len(started(tmp_path / "mine").remaining) == 23


def test_the_first_picture_of_a_study_in_doubt_is_of_both_classes_as_they_are_in_their_files(tmp_path, picture):
    started(tmp_path / "mine", in_doubt(tmp_path / "images", picture))
    cells = json.loads((tmp_path / "mine" / "study.ipynb").read_text())["cells"]
    drawing = ["".join(cell["source"]) for cell in cells if "plots." in "".join(cell["source"])]
    # A page in plain words takes the first picture; `whole` was not brought to the study's size.
    assert drawing[0].startswith("plots.contact_sheet(whole.select(list(internal))")
    assert drawing[1].startswith("doubted = studies.pairs_in_doubt(raw)")


def test_pairs_that_the_user_decided_stay_listed(tmp_path, picture):
    in_doubt(tmp_path / "images", picture)
    for patient, done in {
        r"(?:.*-)?(person\d+|IM-\d+)-\d+": "united, as you say",
        r"(person\d+|(?:NORMAL2-)?IM-\d+).*": "kept apart, as you say",
        "image": "kept apart, as you say",
    }.items():
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        study = started(folder, tmp_path / "images", patient=patient)
        audit = lines(folder / "audit.csv")
        pairs = audit[audit["kind"] == findings.DOUBT]
        assert pairs["done"].tolist() == [done] * 6
        names = study.cohort.table["image"].map(lambda path: Path(path).stem)
        for cases in pairs["cases"].str.split():
            assert {name.removeprefix("NORMAL2-")[:7] for name in names[cases]} == {names[cases].iloc[0][-9:][:7]}
        before = files(folder)
        started(folder)
        assert files(folder) == before
