"""What the pages and notebooks point at is there: files, headings, functions, commands."""

import ast
import re
import shlex

import pytest
import typer
from pages import BY_HAND, NOTEBOOKS, ROOT, Page

from workbench.cli import app

PACKAGE = ROOT / "workbench"
ROOMS = {path.parent.name: path for path in PACKAGE.glob("*/__init__.py")}
KNOWN = {path.resolve(): Page(path) for path in (*BY_HAND, *NOTEBOOKS)}


def links(page):
    text = re.sub(r"`[^`]*`", "", page.unfenced)
    found = re.findall(r"\]\(([^()\s]+(?:\([^()]*\))?[^()\s]*)\)", text)
    return found + re.findall(r'\b(?:src|href|srcset)="([^"]+)"', text)


def slugs(page):
    headings = re.findall(r"^#+ (.+)$", page.unfenced, re.MULTILINE)
    plain = (
        re.sub(r"[^\w\- ]", "", re.sub(r"[`*]|\]\(.*?\)", "", heading)).strip().lower() for heading in headings
    )
    return {heading.replace(" ", "-") for heading in plain} | set(re.findall(r'\bid="([^"]+)"', page.text))


def test_links_lead_to_files_and_headings(page):
    for link in links(page):
        if re.match(r"https?:|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.path.parent / name).resolve() if name else page.path
        assert target.exists(), f"{link}: no such file"
        assert target.is_relative_to(ROOT), f"{link}: outside of the repository"
        if anchor:
            assert anchor.lower() in slugs(KNOWN[target]), f"{link}: no such heading"


def test_addresses_are_encrypted_and_whole(page):
    for link in links(page):
        assert not link.startswith("http:"), link
        assert re.fullmatch(r"[\w./:#%?=&~+()@,-]+", link), link


def names_of(room):
    """Public names of a room without importing it."""
    tree = ast.parse(ROOMS[room].read_text())
    listed = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    modules = {path.stem for path in ROOMS[room].parent.glob("*.py")} | {
        path.parent.name for path in ROOMS[room].parent.glob("*/__init__.py")
    }
    return modules | {name for found in listed if isinstance(found, ast.List) for name in ast.literal_eval(found)}


def called(page):
    """Room and name wherever `room.name` is written as code."""
    snippets = [*page.quoted, *(text for kind, text in page.fenced if kind == "python")]
    pattern = rf"(?<![\w./\\-])(?:workbench\.)?({'|'.join(ROOMS)})\.([A-Za-z_]\w*)"
    return {found for snippet in snippets for found in re.findall(pattern, snippet)}


def test_functions_that_are_named_are_there(page):
    files = {"md", "py", "ipynb", "csv", "html"}
    wrong = [f"{room}.{name}" for room, name in called(page) if name not in names_of(room) | files]
    assert wrong == []


def commands(page):
    lines = [line for kind, text in page.fenced if kind == "sh" for line in text.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"^    (.+)$", page.text, re.MULTILINE) if page.path.suffix == ".md" else []
    lines += page.quoted
    return [line.strip() for line in lines if line.strip().startswith("workbench ")]


def test_commands_and_their_options_exist(page):
    for line in commands(page):
        command = typer.main.get_command(app)
        parts = [part for part in shlex.split(line, comments=True) if part not in {"...", "&"}][1:]
        while parts and hasattr(command, "commands"):
            if parts[0] in command.commands:
                command = command.commands[parts.pop(0)]
            elif re.fullmatch(r"[a-z|-]+", parts[0]) and not parts[0].startswith("-"):
                assert set(parts[0].split("|")) <= set(command.commands), line
                break
            else:
                break
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {part for part in parts if re.match(r"--?[a-z]", part)} <= options, line


def test_targets_of_make_exist(page):
    targets = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    lines = [*page.quoted, *(line for kind, text in page.fenced if kind == "sh" for line in text.splitlines())]
    asked = {found for line in lines for found in re.findall(r"^\s*make ([\w./-]+)", line)}
    assert asked <= targets


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("[a](nowhere.md)", test_links_lead_to_files_and_headings),
        ("[a](../docs/cluster.md#nowhere)", test_links_lead_to_files_and_headings),
        ("[a](http://example.org)", test_addresses_are_encrypted_and_whole),
        ("`processing.blurr`", test_functions_that_are_named_are_there),
        ("`workbench rnu`", test_commands_and_their_options_exist),
        ("`workbench run --frce`", test_commands_and_their_options_exist),
        ("`make tea`", test_targets_of_make_exist),
    ],
)
def test_these_checks_can_fail(text, test):
    wrong = Page(ROOT / "docs" / "index.md")
    wrong.text = text
    with pytest.raises(AssertionError):
        test(wrong)


def test_factors_in_the_readme_are_those_of_the_benchmarks():
    told = (ROOT / "README.md").read_text()
    measured = (ROOT / "benchmarks" / "README.md").read_text()
    figures = re.findall(r"\d+\.\dx|\d+\.\d ms", told)
    assert len(figures) >= 6
    missing = [figure for figure in figures if not re.search(rf"(?<!\d){re.escape(figure.split()[0])}", measured)]
    assert missing == []


def test_all_rooms_have_a_page_of_their_functions():
    import workbench

    listed = set(re.findall(r"^   ([a-z.]+)$", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE))
    assert {name.partition(".")[0] for name in listed} == set(workbench.__all__)
