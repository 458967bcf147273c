"""Plain nbconvert with our template gives our page."""

import json
import tomllib
from pathlib import Path

import bs4
import pytest

from workbench.reports import write_page

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def exporter():
    from nbconvert.exporters import HTMLExporter

    # As the wheel installs it below share/jupyter, which is among the folders that nbconvert looks in.
    shared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    ((source, target),) = shared["shared-data"].items()
    assert target == "share/jupyter/nbconvert/templates/workbench"
    return lambda **options: HTMLExporter(
        template_name="workbench", extra_template_basedirs=[str((ROOT / source).parent)], **options
    )


def test_the_page_is_the_same_as_ours(make_run, tmp_path, exporter):
    run = make_run()
    for options, code in (({}, True), ({"exclude_input": True}, False)):
        theirs, _ = exporter(**options).from_filename(str(run))
        ours = write_page(run, tmp_path / "page.html", code=code).read_text()
        made, expected = (bs4.BeautifulSoup(html, "html.parser") for html in (theirs, ours))
        assert made.main.get_text() == expected.main.get_text()
        assert made.style.string == expected.style.string
        assert len(made.select("math")) == len(expected.select("math")) > 0
        assert not made.select("script, link")


def test_cells_that_nbconvert_removes_stay_out(make_run, exporter):
    from traitlets.config import Config

    chosen = Config({"TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": {"solution"}}})
    html, _ = exporter(config=chosen).from_filename(str(make_run()))
    code = [block.get_text() for block in bs4.BeautifulSoup(html, "html.parser").select("details.code")]
    assert any("picture(" in text for text in code) and not any("answer" in text for text in code)


def test_nbconvert_finds_the_template_by_its_name(make_run, tmp_path, monkeypatch):
    from nbconvert.exporters import HTMLExporter

    folder = tmp_path / "share" / "nbconvert" / "templates"
    folder.mkdir(parents=True)
    (folder / "workbench").symlink_to(ROOT / "workbench" / "reports" / "nbconvert" / "workbench")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    html, _ = HTMLExporter(template_name="workbench").from_filename(str(make_run()))
    assert "<math" in html and "Skip to the content" in html


def test_the_installed_part_only_hands_on():
    source = ROOT / "workbench" / "reports" / "nbconvert" / "workbench"
    settings = json.loads((source / "conf.json").read_text())
    assert settings["preprocessors"]["900-workbench"]["type"] == "workbench.reports.preparing.WorkbenchReport"
