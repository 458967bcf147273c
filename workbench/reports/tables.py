"""Tables that can be compared, and read aloud: numbers aligned, headings that say what they head."""

import re

import bs4

NARROW, WIDE, LONG = 5, 7, 18  # cells of a row, characters
SURE = re.compile(r"[-+−]?[\d.,]+ \([-+−]?[\d.,]+ to [-+−]?[\d.,]+\)")
NUMBER = re.compile(r"[-+−]?[\d.,]+(e[-+]?\d+)?|nan|-?inf", re.IGNORECASE)


def tidy(table: bs4.Tag) -> None:
    """Mark columns of numbers and give each heading its scope.

    Parameters
    ----------
    table : bs4.Tag
        Changed in place: columns that hold only numbers get the class ``number``, their heading too; a number
        with its interval gets the class ``whole`` in a narrow table, so that it is not broken, a long heading of
        a row the class ``long``; empty headings become plain cells. A wide table gets the class ``wide``, and its
        cells know their headings, for on a telephone its rows are blocks.

    Examples
    --------
    >>> soup = bs4.BeautifulSoup("<table><tbody><tr><td>1.5</td><td>CT</td></tr></tbody></table>", "html.parser")
    >>> tidy(soup.table)
    >>> str(soup)
    '<table><tbody><tr><td class="number">1.5</td><td>CT</td></tr></tbody></table>'
    """
    _join_heads(table)
    rows = [row.find_all(["th", "td"]) for row in table.select("tbody tr")]
    heads = [row.find_all(["th", "td"]) for row in table.select("thead tr")]
    # Counted from the last, because the first cell of a row may be the one above it.
    for column in range(-1, -1 - min(map(len, rows), default=0), -1):
        cells = [row[column] for row in rows]
        if all(cell.name == "td" and NUMBER.fullmatch(cell.get_text(strip=True)) for cell in cells):
            aligned = [head[column] for head in heads if len(head) == max(map(len, rows))]
            for cell in cells + aligned:
                cell["class"] = [*cell.get("class", []), "number"]
    for row in rows:
        for cell in row:
            text = cell.get_text(strip=True)
            if len(row) <= NARROW and SURE.fullmatch(text):
                cell["class"] = [*cell.get("class", []), "whole"]
            if cell.name == "th" and len(text) > LONG:
                cell["class"] = [*cell.get("class", []), "long"]
    if rows and len(rows[0]) >= WIDE:
        _label(table, heads, rows)
    for scope, group in (("col", heads), ("row", rows)):
        for cell in (cell for row in group for cell in row if cell.name == "th"):
            if cell.get_text(strip=True):
                cell["scope"] = scope + ("group" if int(cell.get(f"{scope}span", 1)) > 1 else "")
            else:
                cell.name = "td"


def _label(table: bs4.Tag, heads: list[list[bs4.Tag]], rows: list[list[bs4.Tag]]) -> None:
    above = [[cell for cell in row for _ in range(int(cell.get("colspan", 1)))] for row in heads]
    if table.find(rowspan=True) or len({len(row) for row in [*above, *rows]}) > 1:
        return
    table["class"] = [*table.get("class", []), "wide"]
    for row in rows:
        for cell, *over in zip(row, *above, strict=True):
            if cell.name == "td":
                cell["data-head"] = ", ".join(filter(None, (one.get_text(strip=True) for one in over)))


def _join_heads(table: bs4.Tag) -> None:
    # pandas writes the index's name alone in a second line.
    heads = [row.find_all("th") for row in table.select("thead tr")]
    if len(heads) < 2 or len(heads[-1]) != len(heads[-2]):
        return
    texts = [[cell.get_text(strip=True) for cell in row] for row in heads[-2:]]
    if all(bool(above) != bool(below) or not (above or below) for above, below in zip(*texts, strict=True)):
        for above, below in zip(*heads[-2:], strict=True):
            above.extend(list(below.contents))
        heads[-1][0].find_parent("tr").decompose()
