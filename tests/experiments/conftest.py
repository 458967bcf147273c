from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = 'cohort: str = "samples"  # where the images are\nsize: int = 3  # odd\nfraction: float = 0.5'


@pytest.fixture
def make_notebook(tmp_path):
    def make(*sources: str, parameters: str = PARAMETERS, name: str = "chapter.ipynb") -> Path:
        cells = [new_markdown_cell("# A chapter"), new_code_cell(parameters, metadata={"tags": ["parameters"]})]
        cells += [new_code_cell(source) for source in sources]
        about = {"title": "A chapter", "version": "1.0.0"}
        notebook = new_notebook(
            cells=cells,
            metadata={
                "kernelspec": {"name": "python3", "display_name": "", "language": "python"},
                "workbench": about,
            },
        )
        path = tmp_path / name
        nbformat.write(notebook, path)
        return path

    return make
