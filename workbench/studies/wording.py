"""Words of a user in our sentences."""

from __future__ import annotations

import re

CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
#: What Markdown takes for its own; a sign _ within a word is none.
SIGNS = re.compile(r"[\\`*<\[\]$]|(?<!\w)_|_(?!\w)")


def code(text: str) -> str:
    """Write what was typed so that Markdown leaves it as it is.

    Parameters
    ----------
    text : str
        Such as a regular expression.

    Returns
    -------
    str
        Between backticks.

    Examples
    --------
    >>> code("(p[0-9]+)_.*"), code("a`b")
    ('`(p[0-9]+)_.*`', '`` a`b ``')
    """
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def plain(text: str) -> str:
    r"""Write a sentence with names of a user's folders, columns and classes as Markdown that shows them unchanged.

    Parameters
    ----------
    text : str
        A sentence; what is between backticks is code already.

    Returns
    -------
    str
        Markdown.

    Examples
    --------
    >>> print(plain("by `p.*_x` the folders *a* and left_eye are the classes"))
    by `p.*_x` the folders \*a\* and left_eye are the classes
    """
    parts, end = [], 0
    for span in CODE.finditer(text):
        parts += [SIGNS.sub(r"\\\g<0>", text[end : span.start()]), span[0]]
        end = span.end()
    return "".join([*parts, SIGNS.sub(r"\\\g<0>", text[end:])])


def counted_pairs(number: int, what: str) -> str:
    """Say what pairs of patients are.

    Parameters
    ----------
    number : int
        Of pairs.
    what : str
        Such as ``"two patients"``.

    Returns
    -------
    str
        Empty where there is none.

    Examples
    --------
    >>> counted_pairs(23, "one patient"), counted_pairs(1, "two patients"), counted_pairs(0, "one patient")
    ('23 pairs are one patient', '1 pair is two patients', '')
    """
    return f"{number} {'pair is' if number == 1 else 'pairs are'} {what}" if number else ""
