"""Sentences with their sources and citations, and the words for values and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .record import Call, Record

OPEN, CLOSE, BETWEEN = "\x01", "\x02", "\x03"  # round references that have no number yet


@dataclass(frozen=True)
class Sentence:
    """One sentence of a paragraph.

    Parameters
    ----------
    text : str
        Plain, with citations such as ``[2]``.
    sources : tuple of str
        Places in the record that it was written from.
    topic : str, optional
        The paragraph that it belongs to.
    """

    text: str
    sources: tuple[str, ...]
    topic: str = ""


def cite(record: Record, *calls: Call) -> str:
    """Mark where the references of some calls are to be cited.

    Parameters
    ----------
    record : Record
        Holds the references of its functions.
    *calls : Call
        The functions.

    Returns
    -------
    str
        For `numbered`; empty where the documentation names no reference.
    """
    return mark([text for call in calls for text in record.documented(call.function).get("references", ())])


def mark(references: Iterable[str]) -> str:
    """Mark where some references are to be cited.

    Parameters
    ----------
    references : iterable of str
        Their texts.

    Returns
    -------
    str
        For `numbered`; empty where there are none.
    """
    found = dict.fromkeys(references)
    return f" {OPEN}{BETWEEN.join(found)}{CLOSE}" if found else ""


def numbered(sentences: Iterable[Sentence]) -> tuple[tuple[Sentence, ...], tuple[str, ...]]:
    """Number the references in the order in which they are cited.

    Parameters
    ----------
    sentences : iterable of Sentence
        With marks of `cite`.

    Returns
    -------
    sentences : tuple of Sentence
        With numbers in brackets.
    references : tuple of str
        The first has number 1.
    """
    numbers: dict[str, int] = {}

    def number(mark: re.Match[str]) -> str:
        cited = sorted(numbers.setdefault(text, len(numbers) + 1) for text in mark[1].split(BETWEEN))
        return f"[{', '.join(map(str, cited))}]"

    done = tuple(
        Sentence(re.sub(f"{OPEN}([^{CLOSE}]*){CLOSE}", number, one.text), one.sources, one.topic)
        for one in sentences
    )
    return done, tuple(numbers)


def listed(texts: Sequence[str]) -> str:
    """Join texts as a list in a sentence.

    Parameters
    ----------
    texts : sequence of str
        At least one.

    Returns
    -------
    str
        With commas, and "and" before the last; with semicolons where a text has commas outside parentheses or
        quotation marks.

    Examples
    --------
    >>> listed(["a", "b (1, 2)", "c"])
    'a, b (1, 2) and c'
    """
    if len(texts) == 1:
        return texts[0]
    comma = (
        "; " if any("," in re.sub(r"\([^()]*\)|“[^”]*”|\x01[^\x02]*\x02", "", text) for text in texts) else ", "
    )
    last = f"{comma}and " if comma == "; " else " and "
    return comma.join(texts[:-1]) + last + texts[-1]


def spoken(value: Any) -> str:
    """Write a setting.

    Parameters
    ----------
    value : object
        Number, text, truth value, list, or ``{"function": name}``.

    Returns
    -------
    str
        Floats with four significant digits, lists of numbers with a cross between sizes.

    Examples
    --------
    >>> spoken(1.41047), spoken([96, 96]), spoken(True), spoken([1, 2.5])
    ('1.41', '96 × 96', 'yes', '1 × 2.5')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}" if 0.001 <= abs(value) < 1e6 and value != round(value) else f"{value:g}"
    if isinstance(value, list):
        numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
        return (" × " if numbers and len(value) <= 3 else ", ").join(map(spoken, value))
    if isinstance(value, dict):
        return (
            str(value["function"])
            if set(value) == {"function"}
            else listed([f"{k} {spoken(v)}" for k, v in value.items()])
        )
    return str(value)


def settings_of(call: Call, *names: str) -> str:
    """Write some settings of a call in parentheses.

    Parameters
    ----------
    call : Call
        Of a function.
    *names : str
        Of its options.

    Returns
    -------
    str
        Those that are known; empty if none is.

    Examples
    --------
    >>> settings_of(Call("cnn.unet", {"depth": 3}), "width", "depth")
    ' (depth 3)'
    """
    told = [f"{name.replace('_', ' ')} {spoken(call.settings[name])}" for name in names if name in call.settings]
    return f" ({', '.join(told)})" if told else ""


def plural(count: int, noun: str) -> str:
    """Write a count with its noun.

    Parameters
    ----------
    count : int
        How many.
    noun : str
        In the singular.

    Returns
    -------
    str
        With commas between thousands.

    Examples
    --------
    >>> plural(1, "case"), plural(1200, "class"), plural(2, "study")
    ('1 case', '1,200 classes', '2 studies')
    """
    if count == 1:
        return f"1 {noun}"
    many = f"{noun}es" if noun.endswith("s") else f"{noun[:-1]}ies" if noun.endswith("dy") else f"{noun}s"
    return f"{count:,} {many}"
