import pytest

from workbench.course.names import bound, read_later


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a = b = 1", ["a", "b"]),
        ("(left, right), *rest = pairs", ["left", "right", "rest"]),
        ("count: int = 3", ["count"]),
        ("count += 1", ["count"]),
        ("for row in table:\n    last = row", ["row", "last"]),
        ("with open(path) as file:\n    text = file.read()", ["file", "text"]),
        ("import numpy as np\nfrom scipy import ndimage", ["np", "ndimage"]),
        ("def area(mask):\n    inner = 1\n    return inner", ["area"]),
        ("class Answer:\n    size = 3", ["Answer"]),
        ("if (half := total / 2) > 3:\n    print(half)", ["half"]),
        ("table['new'] = 3\nimage.units = 'HU'\nprint([x for x in y])", []),
    ],
)
def test_names_are_found_wherever_python_binds_them(source, names):
    assert sorted(bound(source)) == sorted(names)


@pytest.mark.parametrize(
    "later",
    [
        "assert best == 3",
        "print(f'{best:.1f}')",
        "best += 1",
        "best.units = 'mm'",
        "best[0] = 1",
        "best = best + 1",
        "def later():\n    return best",
        "rows = [best for _ in range(3)]",
        "rows = {best: x for x in y}",
        "rows = [[x * best for x in y] for y in z]",
        "scale = lambda x: x * best",
        "def scale(x, by=best):\n    return x",
        "if ready:\n    best = 5\nprint(best)",
    ],
)
def test_a_name_is_read(later):
    assert read_later(["best", "other"], ["import numpy as np", later]) == {"best"}


@pytest.mark.parametrize(
    "later",
    [
        "best = 5\nprint(best)",
        "for best in rows:\n    print(best)",
        "with open(path) as best:\n    best.read()",
        "rows = [best for best in rows]",
        "rows = {best: best for best in rows}",
        "def later(best):\n    return best",
        "def later():\n    best = 3\n    return best",
        "print(best=3)",
        "table.best",
    ],
)
def test_a_name_of_the_same_spelling_is_not_read(later):
    assert read_later(["best"], [later, "best = 4" if "best.read" in later else ""]) == set()


def test_a_cell_that_is_not_python_is_told():
    with pytest.raises(SyntaxError):
        read_later(["best"], ["assert best ="])
