"""The settings of a call that may be kept, and what a function's own documentation says about it."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

SAID_OF_PATIENTS = frozenset("case cases folder path patient".split())
LONGEST = 9  # of a list of numbers that is a setting and not data
# Their words are names of public samples, or the call would have failed.
SAMPLES = ("workbench.samples.catalog", "workbench.samples.downloads", "workbench.samples.embedded")


def plain(value: Any) -> Any:
    """Make a setting of plain values.

    Parameters
    ----------
    value : object
        An argument.

    Returns
    -------
    object
        Number, word, truth value, short list or dict of these, or ``{"function": name}``; None for all else.

    Examples
    --------
    >>> plain((1, 2)), plain([0.5] * 10), plain(object())
    ([1, 2], None, None)
    """
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, list | tuple) and 0 < len(value) <= LONGEST:
        made = [plain(each) for each in value]
        return None if None in made else made
    if isinstance(value, dict) and 0 < len(value) <= LONGEST and all(isinstance(key, str) for key in value):
        named = {key: plain(each) for key, each in value.items()}
        return None if None in named.values() else named
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return plain(value.item())
    return _named(value) if callable(value) else None


def settings(
    function: Callable, given: Sequence[tuple[int, Any]], named: Sequence[tuple[str, Any]]
) -> dict[str, Any]:
    """Name the settings of a call that may be kept.

    Parameters
    ----------
    function : callable
        What was called.
    given : sequence of (int, object)
        Plain values by position.
    named : sequence of (str, object)
        Plain values by name, None for arrays and the like.

    Returns
    -------
    dict
        ``options`` as given, without words that the function's documentation does not know, because those may be
        said of a patient; ``withheld``, the names of options that are not kept; ``defaults``, the options that
        were left as they are.

    Examples
    --------
    >>> def f(image, *, size=3, border="reflect"):
    ...     'Filter. border is "reflect" or "wrap".'
    >>> settings(f, [], [("border", "wrap")]), settings(f, [], [("border", "Doe")])["options"]
    ({'options': {'border': 'wrap'}, 'defaults': {'size': 3}}, {})
    >>> settings(f, [], [("size", None)])["withheld"]
    ['size']
    """
    parameters = inspect.signature(function).parameters
    known = _words(function)
    names = list(parameters)
    # What comes first is what the function works on: a short list there is data.
    placed = [(names[at], value) for at, value in given if at < len(names) and (at or not isinstance(value, list))]
    all_given = dict(placed + list(named))
    kept = {name: _kept(name, value, known) for name, value in all_given.items()}
    options = {name: value for name, value in kept.items() if value is not None}
    withheld = [name for name, value in kept.items() if value is None]
    defaults = {
        name: value
        for name, parameter in parameters.items()
        if name not in all_given
        and parameter.default is not inspect.Parameter.empty
        and (value := plain(parameter.default)) is not None
    }
    told: dict[str, Any] = {"options": options, "withheld": withheld, "defaults": defaults}
    return {part: about for part, about in told.items() if about or part == "options"}


def documented(text: str) -> dict[str, Any]:
    r"""Take the summary and the references out of a docstring.

    Parameters
    ----------
    text : str
        In numpydoc's form.

    Returns
    -------
    dict
        ``summary``, and ``references`` where there are any: one text for each.

    Examples
    --------
    >>> documented("Do it.\n\nReferences\n----------\nA B. Title.\nJournal, 2001.\nC D. Other. Journal, 2002.")
    {'summary': 'Do it.', 'references': ['A B. Title. Journal, 2001.', 'C D. Other. Journal, 2002.']}
    """
    summary = " ".join(text.partition("\n\n")[0].split())
    section = re.search(r"^References\n-+\n(.*?)(?=^\w[^\n]*\n---|\Z)", text, re.MULTILINE | re.DOTALL)
    entries: list[str] = []
    for line in section[1].strip().splitlines() if section else ():
        # An entry ends with a number (year, pages) and a full stop, before the end of a line or the next author.
        first, *others = re.split(r"(?<=[\d)]\.) (?=[A-Z][a-z]+ [A-Z]{1,3}[,. ])", line.strip())
        if entries and not re.search(r"[\d)]\.$", entries[-1]):
            entries[-1] = f"{entries[-1]} {first}"
        else:
            entries.append(first)
        entries += others
    return {"summary": summary} | ({"references": entries} if entries else {})


def _named(function: Callable) -> dict[str, str] | None:
    ours = str(getattr(function, "__module__", "")).startswith("workbench.")
    return {"function": function.__name__} if ours and hasattr(function, "__name__") else None


def _kept(name: str, value: Any, known: frozenset[str] | None) -> Any:
    if value is None or name in SAID_OF_PATIENTS:
        return None
    if isinstance(value, str):
        return value if known is None or all(part.strip() in known for part in value.split(",")) else None
    if isinstance(value, list):
        kept = [_kept(name, each, known) for each in value]
        return None if None in kept else kept
    if isinstance(value, dict) and set(value) != {"function"}:
        kept = [_kept(key, each, known) for key, each in value.items() if known is None or key in known]
        return dict(zip(value, kept, strict=True)) if len(kept) == len(value) and None not in kept else None
    return value


def _words(function: Callable) -> frozenset[str] | None:
    if function.__module__ in SAMPLES:
        return None
    text = inspect.getdoc(function) or ""
    quoted = re.findall(r'"([^"\n]{1,40})"', text) + re.findall(r"``([^`\n]{1,40})``", text)
    return frozenset(word.strip('"') for word in quoted)
