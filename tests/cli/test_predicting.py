import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from workbench import cnn, cohorts, images, recognition
from workbench.cli import app
from workbench.images import Image, affine_from_spacing
from workbench.segmentation import PixelClassifier

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEY", "sixteen bytes or more")


def workbench(*arguments):
    return CliRunner().invoke(app, ["predict", *map(str, arguments)])


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    rows = []
    for number in range(3):
        pixels = RNG.normal(size=(4, 12, 10)).astype(np.float32)
        pixels[:, :, 5:] += 10
        image = Image(pixels, affine=affine_from_spacing((2.0, 1.0, 1.0)))
        images.write(image, folder / f"i{number}.nii.gz")
        images.write(image.replace(pixels=(pixels > 5).astype(np.uint8)), folder / f"m{number}.nii.gz")
        rows.append((f"c{number}", f"p{number}", f"i{number}.nii.gz", f"m{number}.nii.gz"))
    pd.DataFrame(rows, columns=["case", "patient", "image", "mask"]).to_csv(folder / "cases.csv", index=False)
    return folder


def pixel_classifier(study, path):
    trained = recognition.train_segmenter(
        cohorts.read(study),
        PixelClassifier(sigmas=[1], trees=5, pixels=200),
        use="To test.",
        classes=["left", "right"],
    )
    return recognition.save(trained, path), trained.segment


def network(study, path):
    model = cnn.unet((None, None), 2, width=2, depth=1)
    card = cnn.describe(model, cohorts.read(study), use="To test.", classes=["left", "right"])
    return cnn.save(model, path, card=card), cnn.Network(model, card).segment


@pytest.mark.parametrize(("make", "name"), [(pixel_classifier, "m.skops"), (network, "m.keras")])
def test_segmenters_write_masks_that_lie_on_their_images(make, name, study, tmp_path):
    digest, segment = make(study, tmp_path / name)
    out = tmp_path / "out"
    result = workbench(tmp_path / name, study, "-o", out, "--sha256", digest, "-j", 1)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [str(out)]
    assert "To test. For research and teaching; not a medical device." in result.stderr
    table = pd.read_csv(out / "masks.csv", index_col="case")
    cohort = cohorts.read(study)
    assert table.index.tolist() == list(cohort)
    for case, file in table["mask"].items():
        image, mask = cohort.image(case), images.read(out / file)
        np.testing.assert_allclose(mask.affine, image.affine, atol=1e-5)
        np.testing.assert_array_equal(mask, segment(image))
        assert table.loc[case, "right_pixels"] == np.sum(np.asarray(mask) == 1)
        assert case not in file
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("M-*")}
    assert workbench(tmp_path / name, study, "-o", out, "-j", 1).exit_code == 0
    assert {path.name: path.stat().st_mtime_ns for path in out.glob("M-*")} == before


def test_a_network_of_classes_writes_a_table(tmp_path):
    (tmp_path / "study").mkdir()
    for number in range(3):
        np.save(tmp_path / "study" / f"i{number}.npy", RNG.normal(size=(8, 8)))
    rows = [(f"c{number}", f"p{number}", f"i{number}.npy") for number in range(3)]
    pd.DataFrame(rows, columns=["case", "patient", "image"]).to_csv(tmp_path / "study" / "cases.csv", index=False)
    cohort = cohorts.read(tmp_path / "study")
    model = cnn.classifier((8, 8), 2, width=2, depth=1)
    card = cnn.describe(model, cohort, use="To test.", classes=["sick", "well"])
    cnn.save(model, tmp_path / "m.keras", card=card)
    result = workbench(tmp_path / "m.keras", tmp_path / "study", "-o", tmp_path / "p.csv", "-j", 1)
    assert result.exit_code == 0, result.output
    found = pd.read_csv(tmp_path / "p.csv", index_col="case")
    pd.testing.assert_frame_equal(found, cnn.Network(model, card).predict(cohort), rtol=1e-5)


def test_a_detector_writes_a_table_of_boxes(tmp_path):
    (tmp_path / "study").mkdir()
    np.save(tmp_path / "study" / "i.npy", RNG.normal(size=(24, 32)))
    (tmp_path / "study" / "cases.csv").write_text("case,patient,image\nc,p,i.npy\n")
    cohort = cohorts.read(tmp_path / "study")
    model = cnn.detector((None, None), classes=1, width=2, depth=3)
    card = cnn.describe(model, cohort, use="To test.", classes=["nodule"], task="detection", score=0.0)
    cnn.save(model, tmp_path / "m.keras", card=card)
    result = workbench(tmp_path / "m.keras", tmp_path / "study", "-o", tmp_path / "boxes.csv", "-j", 1)
    assert result.exit_code == 0, result.output
    found = pd.read_csv(tmp_path / "boxes.csv")
    assert found.columns.tolist() == ["case", "class", "score", "top", "left", "bottom", "right"]
    pd.testing.assert_frame_equal(found, cnn.Network(model, card).detect(cohort), rtol=1e-3, atol=1e-3)


def test_mistakes_are_told_in_one_message_and_nothing_is_written(study, tmp_path):
    path = tmp_path / "m.skops"
    pixel_classifier(study, path)
    (tmp_path / "m.h5").write_bytes(b"")
    (tmp_path / "bad.keras").write_bytes(b"no archive")
    other = tmp_path / "other"
    other.mkdir()
    np.save(other / "i.npy", RNG.normal(size=(4, 12, 10)) * 1000)
    (other / "cases.csv").write_text("case,patient,image\na,p,i.npy\n")
    for model, cases, out, message in [
        (path, study, "masks.csv", "name a folder"),
        (path, other, "new", "do not fit the model"),
        (tmp_path / "m.h5", study, "new", r"ends in .skops or .keras"),
        (tmp_path / "bad.keras", study, "new", "expected a model of cnn.save"),
        (tmp_path / "none.keras", study, "new", "no model at"),
        (path, tmp_path / "nowhere", "new", "nowhere"),
    ]:
        result = workbench(model, cases, "-o", tmp_path / out, "-j", 1)
        assert result.exit_code == 2, result.output
        assert message in result.stderr
        assert "Traceback" not in result.output
        assert not (tmp_path / out).exists()
    result = workbench(path, study, "-o", tmp_path / "new", "--sha256", "0" * 64)
    assert "not the file that was saved" in result.stderr
