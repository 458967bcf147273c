"""Headings that never skip a level, with addresses and a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape


@dataclass(frozen=True)
class Heading:
    """A heading of a page.

    Parameters
    ----------
    level : int
        1 is the page's title.
    anchor : str
        Its address within the page.
    text : str
        HTML, as it may hold a formula.
    """

    level: int
    anchor: str
    text: str

    @property
    def html(self) -> str:
        """The heading itself."""
        level = min(self.level, 6)
        return f'<h{level} id="{self.anchor}">{self.text}</h{level}>'


@dataclass
class Outline:
    """Gives headings their levels and addresses, in reading order.

    Parameters
    ----------
    top : int
        Level of the title below which all others stand.
    prefix : str, optional
        Of all addresses, where a page holds several runs.
    headings : list of Heading, optional
        Those added.
    titled : bool, optional
        Whether the notebook's title was met.

    Examples
    --------
    >>> outline = Outline(1)
    >>> [outline.add(level, text).html for level, text in ((2, "Why"), (4, "Deep"), (2, "Why"))]
    ['<h2 id="why">Why</h2>', '<h3 id="deep">Deep</h3>', '<h2 id="why-2">Why</h2>']
    """

    top: int
    prefix: str = ""
    headings: list[Heading] = field(default_factory=list)
    titled: bool = False
    _seen: Counter[str] = field(default_factory=Counter)

    def add(self, level: int, text: str) -> Heading:
        """Add a heading.

        Parameters
        ----------
        level : int
            In the notebook, where 1 is a title.
        text : str
            HTML.

        Returns
        -------
        Heading
            At most one level below the one before.
        """
        before = self.headings[-1].level if self.headings else self.top
        heading = Heading(min(max(level, 2) - 1 + self.top, before + 1), self._anchor(text), text)
        self.headings.append(heading)
        return heading

    def _anchor(self, text: str) -> str:
        words = re.sub(r"[^\w]+", "-", re.sub(r"<math.*?</math>|<[^>]*>|&\w+;", "", text).lower()).strip("-")
        anchor = f"{self.prefix}{words or 'section'}"
        self._seen[anchor] += 1
        return anchor if self._seen[anchor] == 1 else f"{anchor}-{self._seen[anchor]}"


def plain(html: str) -> str:
    """Take the tags out of a heading.

    Parameters
    ----------
    html : str
        Its text.

    Returns
    -------
    str
        Plain text.

    Examples
    --------
    >>> plain("<em>A</em> &amp; B")
    'A & B'
    """
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
