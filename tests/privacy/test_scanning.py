import base64
import gzip
import io
import json
import zipfile
from datetime import date

import nbformat
import nibabel
import numpy as np
import pandas as pd
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image, PngImagePlugin
from pydicom.data import get_testdata_file

from workbench import privacy
from workbench.privacy.identifiers import Identifiers, identifiers_of, written_dates
from workbench.privacy.words import words

UID = "1.3.6.1.4.1.5962.1.2.77.20200310.1"
ELEMENTS = {
    "PatientName": "M\u00fcllerhoff^Annegret",
    "PatientID": "PX-471199",
    "PatientBirthDate": "19630517",
    "StudyDate": "20200310",
    "AccessionNumber": "900155321",
    "InstitutionName": "Saint Elsewhere",
    "ReferringPhysicianName": "Quincy^Melchior",
    "StudyInstanceUID": UID,
    "StationName": "CT99ABC",
    "PatientComments": "was brought by her brother Theobald",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    dataset = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    inner = pydicom.Dataset()
    inner.PatientID = "NESTED-88123"
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for name, value in ELEMENTS.items():
        setattr(dataset, name, value)
    dataset.RequestAttributesSequence = [inner]
    dataset.save_as(folder / "1.dcm")
    return folder


def kinds(path, study):
    return set(privacy.scan(path, source=study).kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("annegret m\u00fcllerhoff", "name"),
        ("MUELLERHOFF, Annegret", "name"),
        ("figure of Mullerhoff", "part of a name"),
        ("MullerhoffAnnegret.png", "name"),
        ("id PX_471199", "identifier"),
        ("px471199", "identifier"),
        ("[900155321]", "identifier"),
        ("NESTED 88123", "identifier"),
        ("20200310", "date"),
        ("2020-03-10T14:30", "date"),
        ("20200310143000", "date"),
        ("10.3.2020", "date"),
        ("03/10/2020", "date"),
        ("March 10, 2020", "date"),
        ("10 Mar 2020", "date"),
        ("born 17 May 1963", "birth date"),
        (f"uid={UID}.", "UID"),
        ("SAINT-ELSEWHERE", "name"),
        ("Dr Melchior", "part of a name"),
        ("CT99ABC", "identifier"),
        ("was brought by her brother Theobald", "text"),
    ],
)
def test_identifiers_are_found_however_they_are_written(study, tmp_path, text, kind):
    (tmp_path / "a.txt").write_text(f"mean of 3.5 for {text} and so on")
    assert kind in kinds(tmp_path, study)


@pytest.mark.parametrize(
    "text",
    [
        "mean 900.155321",
        "2020-03-11",
        "1.3.6.1.4.1.5962.1.2.78",
        "anne",
        "px47119",
        "2020",
        "The patient's head",
        "elsewhere",
    ],
)
def test_what_identifies_nobody_is_not_found(study, tmp_path, text):
    (tmp_path / "a.txt").write_text(f"mean of 3.5 for {text} and so on")
    assert privacy.scan(tmp_path, source=study).empty


@settings(deadline=None, max_examples=50)
@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(["%Y%m%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y"])
)
def test_any_date_is_found(day, style):
    assert tuple(words(day.strftime(style))) in written_dates(day)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.from_regex("[a-z]{1,4}", fullmatch=True), max_size=20), st.integers(0, 20))
def test_phrases_are_found_wherever_they_stand(others, place):
    known = Identifiers()
    known.add(("erika", "muster"), "name", "PatientName")
    known.add(("erika",), "part of a name", "PatientName")
    tokens = [*others[:place], "erika", "muster", *others[place:]]
    assert known.found_in(tokens) == {("name", "PatientName"): 1}


def png(text="", stamp=""):
    info, file = PngImagePlugin.PngInfo(), io.BytesIO()
    if text:
        info.add_text("Title", text)
        info.add_itxt("Author", text, zip=True)
        info.add_text("Comment", stamp, zip=True)
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64), "u1")).save(file, "png", pnginfo=info)
    return file.getvalue()


def save(path, name):  # noqa: PLR0912 (one branch for each format)
    """Write a file of each format with a name in it."""
    match path.suffix:
        case ".csv":
            path.write_text(f"case,patient\n1,{name}\n")
        case ".json":
            path.write_text(json.dumps({"a": [{"b": name}]}))
        case ".html":
            letters = "".join(f"&#{ord(letter)};" for letter in name)
            path.write_text(f"<p>Report of <b>{letters[:12]}</b>{letters[12:]}</p>")
        case ".parquet":
            pd.DataFrame({"patient": [name]}).to_parquet(path)
        case ".npz":
            np.savez_compressed(path, names=np.array([name]), pixels=np.zeros((4, 4)))
        case ".npy":
            np.save(path, np.array([name.encode()]))
        case ".gz":
            image = nibabel.Nifti1Image(np.zeros((2, 2, 2), "u1"), np.eye(4))
            image.header["descrip"] = name.encode()
            path.write_bytes(gzip.compress(image.to_bytes()))
        case ".nii":
            image = nibabel.Nifti1Image(np.zeros((2, 2, 2), "u1"), np.eye(4))
            image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", name.encode()))
            path.write_bytes(image.to_bytes())
        case ".png":
            path.write_bytes(png(name, name))
        case ".jpg":
            Image.new("L", (8, 8)).save(path, comment=name)
        case ".zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("a.txt", name)
        case ".bin":
            path.write_bytes(b"\0\1\2" + name.encode("utf-16-le") + b"\0\3")
        case ".utf16":
            path.write_text(name, encoding="utf-16")
        case ".dcm":
            dataset = pydicom.dcmread(get_testdata_file("MR_small_implicit.dcm"))
            dataset.ImageComments = name
            del dataset.InstanceCreatorUID  # the study's file has the same
            dataset.save_as(path)
        case ".ipynb":
            page = base64.b64encode(f"<p>{name}</p>".encode() * 30).decode()
            outputs = [
                new_output("display_data", {"image/png": base64.b64encode(png(name)).decode()}),
                new_output("display_data", {"text/html": f"<iframe src='data:text/html;base64,{page}'></iframe>"}),
                new_output("stream", text=name),
            ]
            cells = [new_markdown_cell("# Title"), new_code_cell("1", outputs=outputs)]
            nbformat.write(new_notebook(cells=cells), path)


FORMATS = "csv json html parquet npz npy nii.gz nii png jpg zip bin utf16 dcm ipynb".split()


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_searched(study, tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    save(path, "Annegret Mullerhoff")
    assert "name" in kinds(path, study)
    save(path, "nobody in particular")
    found = privacy.scan(path, source=study)
    assert found.empty, found


def test_all_places_in_a_notebook_are_told_and_no_identifier_is_repeated(study, tmp_path):
    folder = tmp_path / "Annegret"
    folder.mkdir()
    save(folder / "a.ipynb", "Annegret Mullerhoff")
    found = privacy.scan(tmp_path, source=study)
    assert set(found["where"]) == {
        "file or folder name",
        "cell 2, output",
        "cell 2, output base64",
        "cell 2, output base64 PNG",
    }
    assert set(found.element) == {"PatientName"}
    assert not {"annegret", "mullerhoff"} & set(words(found.to_csv()))


def test_de_identified_files_have_no_identifiers(study, tmp_path):
    privacy.deidentify(study, tmp_path, key=b"a key of the tests alone", progress=False)
    assert identifiers_of(study).phrases
    assert not identifiers_of(tmp_path).phrases
    assert privacy.scan(tmp_path, source=study).empty


def test_a_missing_path_or_source_is_an_error(study, tmp_path):
    with pytest.raises(FileNotFoundError):
        privacy.scan(tmp_path / "nowhere", source=study)
    with pytest.raises(FileNotFoundError):
        privacy.scan(tmp_path, source=tmp_path / "nowhere")


@pytest.mark.parametrize("cohort", ["samples", "nowhere", "table.csv", "empty"])
def test_a_cohort_without_dicom_leaks_nothing(tmp_path, cohort):
    (tmp_path / "empty").mkdir()
    (tmp_path / "table.csv").write_text("case,image\n1,a.png\n")
    (tmp_path / "a.png").write_bytes(png())
    assert privacy.leak(__file__, cohort=tmp_path / cohort) == ""


def test_a_table_of_cases_leads_to_its_study(study, tmp_path):
    table = study / "cases.csv"
    table.write_text("case,patient,image\n1,1,1.dcm\n")
    (tmp_path / "page.html").write_text("<p>Annegret</p>")
    message = privacy.leak(tmp_path / "page.html", cohort=table)
    table.unlink()
    assert message.startswith("tells who the patients are: part of a name (PatientName) in its text")
    assert "nnegret" not in message
