import json

import pytest

from workbench.experiments import ChapterError, diff, run
from workbench.experiments.differences import told

RECORD = "from workbench import experiments\nexperiments.record(double=2 * size)"


def test_two_records_differ_in_parameters_results_and_figures(make_notebook, tmp_path):
    path = make_notebook("import numpy as np", "print(size)", RECORD)
    one, two = (run(path, folder=tmp_path / "out", size=size).notebook for size in (3, 5))
    found = diff(one, two.parent).set_index(["kind", "name"])
    assert found.loc[("parameter", "size")].tolist() == [3, 5]
    assert found.loc[("result", "double")].tolist() == [6, 10]
    assert found.loc[("text", "code cell 3, output 1")].tolist() == ["3\n", "5\n"]
    assert set(found.index.get_level_values("kind")) == {"parameter", "result", "text"}
    assert diff(one, one).empty


def test_figures_are_compared_by_their_pixels(tmp_path):
    import base64
    import io

    import numpy as np
    from PIL import Image

    def record(name, pixels):
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        data = {"image/png": base64.b64encode(buffer.getvalue()).decode(), "text/plain": "figure"}
        output = {"output_type": "display_data", "data": data, "metadata": {}}
        cell = {"cell_type": "code", "source": "show()", "metadata": {}, "outputs": [output], "execution_count": 1}
        path = tmp_path / f"{name}.ipynb"
        path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
        return path

    plain = np.zeros((10, 10), np.uint8)
    spotted = plain.copy()
    spotted[2, 3] = 40
    (row,) = diff(record("a", plain), record("b", spotted)).to_dict("records")
    assert (row["kind"], row["second"]) == ("figure", "1 % of the pixels differ, by up to 40 of 255")
    (row,) = diff(record("a", plain), record("c", plain[:5])).to_dict("records")
    assert (row["first"], row["second"]) == ("10 x 10", "10 x 5")


def test_a_folder_with_several_records_is_refused(tmp_path):
    with pytest.raises(ChapterError, match="one executed notebook, found 0"):
        diff(tmp_path, tmp_path)


def test_what_differs_is_seen_to_differ():
    assert told(0.9869777777777777, 0.9818222222222223) == ("0.987", "0.982")
    assert told(0.1, 0.10000001) == ("0.10000000", "0.10000001")
    assert told("", 3) == ("", "3")
    same = "the same words " * 20
    one, other = told(f"{same}\n 1 {same}", f"{same}\n 2 {same}")
    assert "words 1 the" in one and "words 2 the" in other and len(one) < 80
    assert told("short 1", "short 2") == ("short 1", "short 2")
