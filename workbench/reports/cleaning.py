"""Other people's HTML made safe for a page that opens offline: no scripts, no requests, no dead links."""

from __future__ import annotations

import re
from collections.abc import Mapping

import bs4

from .tables import tidy

FORBIDDEN = ["script", "style", "link", "meta", "base", "iframe", "object", "embed", "form", "template"]
KEPT = {"href", "src", "alt", "colspan", "rowspan", "lang", "open", "class"}
LINK = re.compile(r"(https?:|mailto:)", re.IGNORECASE)


def clean(html: str, *, links: Mapping[str, str] | None = None) -> str:
    """Take away what asks for the network, runs or looks different, and dead links.

    Parameters
    ----------
    html : str
        Of a Markdown cell or of an output.
    links : mapping of str to str, optional
        Relative addresses that have a target in this report, such as another chapter's page, and that target.

    Returns
    -------
    str
        The same text; of a picture that is not inside, its own text is left.

    Examples
    --------
    >>> clean('<p onclick="f()">a<script>f()</script></p>')
    '<p>a</p>'
    >>> clean('<a href="02.ipynb">two</a> <a href="03.ipynb">three</a>', links={"02.ipynb": "02.html"})
    '<a href="02.html">two</a> three'
    """
    return str(cleaned(html, links=links)) if "<" in html else html


def cleaned(html: str, *, links: Mapping[str, str] | None = None) -> bs4.BeautifulSoup:
    """Clean HTML, see `clean`.

    Parameters
    ----------
    html, links
        See `clean`.

    Returns
    -------
    bs4.BeautifulSoup
        Its elements.
    """
    soup = bs4.BeautifulSoup(html, "html.parser")
    for element in soup.find_all(FORBIDDEN):
        element.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, bs4.Comment)):
        comment.extract()
    drawn = {id(part) for whole in soup.find_all(["math", "svg"]) for part in (whole, *whole.find_all(True))}
    for element in soup.find_all(True):
        if id(element) in drawn:
            element.attrs = {n: v for n, v in element.attrs.items() if not n.startswith(("on", "href", "xlink"))}
        else:
            element.attrs = {name: value for name, value in element.attrs.items() if name in KEPT}
    for link in soup.find_all("a"):
        _mend_link(link, links or {})
    for picture in soup.find_all(["img", "video", "audio", "source"]):
        _mend_picture(picture)
    for table in soup.find_all("table"):
        tidy(table)
        # Wide ones scroll by themselves, with the keyboard, too.
        around = {"class": "table", "role": "group", "tabindex": "0", "aria-label": "Table"}
        table.wrap(bs4.Tag(name="div", attrs=around))
    return soup


def _mend_link(link: bs4.Tag, links: Mapping[str, str]) -> None:
    address = str(link.get("href", ""))
    place, hash_, anchor = address.partition("#")
    if place in links:
        link["href"] = links[place] + hash_ + anchor
    elif not LINK.match(address):
        link.unwrap()


def _mend_picture(picture: bs4.Tag) -> None:
    if picture.name == "img" and str(picture.get("src", "")).startswith("data:"):
        picture.attrs.setdefault("alt", "")
        return
    left_out = bs4.Tag(name="span", attrs={"class": "left-out"})
    left_out.string = f"[not in this file: {picture.get('alt') or 'a picture or film'}]"
    picture.replace_with(left_out)
