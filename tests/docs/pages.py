"""The pages and notebooks whose prose is tested."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
BESIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", "benchmarks/README.md")
BY_HAND = [*(ROOT / name for name in BESIDE), *sorted((ROOT / "docs").glob("*.md"))]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


class Page:
    """A Markdown page, or the Markdown cells of a notebook."""

    def __init__(self, path):
        self.path = path
        self.name = path.relative_to(ROOT).as_posix()
        self.code = ""
        self.text = path.read_text()
        if path.suffix == ".ipynb":
            cells = json.loads(self.text)["cells"]
            self.text, self.code = (
                "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == kind)
                for kind in ("markdown", "code")
            )

    @property
    def fenced(self):
        return re.findall(r"^```(\w*)\n(.*?)^```", self.text, re.MULTILINE | re.DOTALL)

    @property
    def unfenced(self):
        return re.sub(r"^```.*?^```", "", self.text, flags=re.MULTILINE | re.DOTALL)

    @property
    def quoted(self):
        """What stands between backquotes."""
        return [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", self.unfenced)]

    @property
    def paragraphs(self):
        """Running text alone: no code, formulas, tables, headings, markup or references."""
        text = re.sub(r"\$\$.*?\$\$", " ", self.unfenced, flags=re.DOTALL)
        text = re.sub(r"<[^>]+>", " ", text)
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)(\{[^}]*\})?", r"\1", text)
        text = re.sub(r"`[^`]+`|\$[^$]+\$", "x", text)
        text = re.sub(r"^( *[|#]|    ).*", "", text, flags=re.MULTILINE)
        found = re.split(r"\n\s*\n|\n(?=\s*(?:[-*·]|\d+\.)\s)", re.sub(r"[*_]", "", text))
        return [" ".join(part.split()) for part in found if not re.search(r"\((?:18|19|20)\d\d\)", part)]


PAGES = [Page(path) for path in (*BY_HAND, *NOTEBOOKS)]
