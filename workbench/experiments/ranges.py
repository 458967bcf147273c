"""Ranges of parameters, read from the comment that a reader reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

NUMBER = r"(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)"
ASIDE = r"(?: \([^)]*\))?"
UNIT = r"(?: (?!to\b|or\b)[^\W\d]\S*)?"
QUOTED = r'"[^"]*"'
CHOICES = re.compile(rf"{QUOTED}(?:, {QUOTED})*,? or {QUOTED}")
CLAUSE = {
    "between": re.compile(f"(?:from )?{NUMBER}{ASIDE} to {NUMBER}{ASIDE}{UNIT}"),
    "least": re.compile(f"{NUMBER}{UNIT} or more|at least {NUMBER}{UNIT}"),
    "most": re.compile(f"{NUMBER}{UNIT} or less|(?:at most|up to) {NUMBER}{UNIT}"),
    "above": re.compile(f"above {NUMBER}{UNIT}"),
    "below": re.compile(f"(?:below|less than) {NUMBER}{UNIT}"),
    "odd": re.compile("odd"),
    "even": re.compile("even"),
}


@dataclass(frozen=True)
class Rule:
    """What a clause of a parameter's comment asks for.

    Parameters
    ----------
    text : str
        The clause, such as ``"0 to 1"``.
    kind : str
        ``"between"``, ``"least"``, ``"most"``, ``"above"``, ``"below"``, ``"odd"``, ``"even"`` or ``"choices"``.
    values : tuple
        The numbers or texts in it.
    """

    text: str
    kind: str
    values: tuple[float, ...] | tuple[str, ...]

    def allows(self, value: float | str) -> bool:
        """Tell whether a value obeys the rule.

        Parameters
        ----------
        value : int, float or str
            Of the parameter's type.

        Returns
        -------
        bool
            False for a NaN.

        Examples
        --------
        >>> Rule("0 to 1", "between", (0.0, 1.0)).allows(1.5)
        False
        """
        if self.kind == "choices" or isinstance(value, str):
            return value in self.values
        first, last = float(self.values[0]) if self.values else 0.0, float(self.values[-1]) if self.values else 0.0
        return {
            "between": first <= value <= last,
            "least": value >= first,
            "most": value <= first,
            "above": value > first,
            "below": value < first,
            "odd": value % 2 == 1,
            "even": value % 2 == 0,
        }[self.kind]


def rules(comment: str, kind: type) -> list[Rule]:
    """Read the rules that a parameter's comment states.

    A rule stands alone between commas, semicolons or colons: ``1 to 50``, ``at least 2``, ``3 or more``,
    ``above 0``, ``up to 1``, ``below 5``, ``odd``, ``even``, with a unit if wanted (``0 to 40 HU``); of texts, two
    or more in quotes: ``"svm" or "forest"``. All else is prose.

    Parameters
    ----------
    comment : str
        Behind the parameter.
    kind : type
        The parameter's.

    Returns
    -------
    list of Rule
        All must be obeyed.

    Examples
    --------
    >>> [rule.text for rule in rules("window in pixels, odd, 3 or more", int)]
    ['odd', '3 or more']
    >>> [rule.text for rule in rules('which one: "svm" or "forest"', str)]
    ['"svm" or "forest"']
    >>> rules("for steps 6 to 9", int), rules('"samples", or a folder', str)
    ([], [])
    """
    if kind is str:
        found = re.search(rf"(?:^|[;:,] ){CHOICES.pattern}(?=$|[;:])", comment)
        listed = re.findall(r'"([^"]*)"', found[0]) if found else []
        return [Rule(found[0].lstrip(";:, "), "choices", tuple(listed))] if found else []
    return list(_of_numbers(comment)) if kind in (int, float) else []


def _of_numbers(comment: str) -> Iterator[Rule]:
    for clause in map(str.strip, re.split(r"[,;:] ", comment)):
        for kind, pattern in CLAUSE.items():
            found = pattern.fullmatch(clause)
            if found:
                yield Rule(clause, kind, tuple(float(group) for group in found.groups() if group is not None))
