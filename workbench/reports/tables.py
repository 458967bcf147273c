"""Tables of numbers, aligned so that they can be compared."""

import re

import bs4

NUMBER = re.compile(r"[-+−]?[\d.,]+(e[-+]?\d+)?|nan|-?inf", re.IGNORECASE)


def align_numbers(html: str) -> str:
    """Mark the columns of tables that hold only numbers, heading included, as ``number``.

    Parameters
    ----------
    html : str
        Output of a cell, such as a pandas table.

    Returns
    -------
    str
        The same with classes added; text without a table is returned as it is.

    Examples
    --------
    >>> align_numbers("<table><tbody><tr><td>1.5</td><td>CT</td></tr></tbody></table>")
    '<table><tbody><tr><td class="number">1.5</td><td>CT</td></tr></tbody></table>'
    """
    if "<table" not in html:
        return html
    soup = bs4.BeautifulSoup(html, "html.parser")
    for table in soup.find_all("table"):
        rows = [row.find_all(["th", "td"]) for row in table.select("tbody tr")]
        if not rows or any(cell.has_attr("rowspan") for row in rows for cell in row):
            continue
        for column in range(min(map(len, rows))):
            cells = [row[column] for row in rows]
            if all(cell.name == "td" and NUMBER.fullmatch(cell.get_text(strip=True)) for cell in cells):
                heads = [row.find_all("th") for row in table.select("thead tr")]
                aligned = [head[column] for head in heads if len(head) == len(rows[0])]
                for cell in cells + aligned:
                    cell["class"] = [*cell.get("class", []), "number"]
    return str(soup)
