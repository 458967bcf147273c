"""Icon arrays: a hundred people as a picture."""

from html import escape

COLUMNS = 10
STEP = 20
DRAWN = {
    "hit": '<circle cx="{x}" cy="{y}" r="7" class="icon-hit" fill="currentColor"/>',
    "miss": '<circle cx="{x}" cy="{y}" r="6" class="icon-miss" fill="none" stroke="currentColor"/>',
    "false": '<path d="M{x} {top}l8 14h-16z" class="icon-false" fill="currentColor"/>',
    "clear": '<circle cx="{x}" cy="{y}" r="3" class="icon-clear" fill="none" stroke="currentColor"/>',
}


def icon_array(first: int, second: int, *, kinds: tuple[str, str], alt: str) -> str:
    """Draw people as signs, the first kind before the second.

    Parameters
    ----------
    first, second : int
        How many of each kind.
    kinds : tuple of str
        Of ``"hit"``, ``"miss"``, ``"false"`` and ``"clear"``; they differ in shape, so that nobody needs colour.
    alt : str
        What the picture says, for those who do not see it.

    Returns
    -------
    str
        An ``svg`` element, ten signs to a row.

    Examples
    --------
    >>> icon_array(3, 7, kinds=("hit", "miss"), alt="3 of 10").count("<circle")
    10
    """
    signs = []
    for number in range(first + second):
        row, column = divmod(number, COLUMNS)
        x, y = column * STEP + STEP // 2, row * STEP + STEP // 2
        signs.append(DRAWN[kinds[number >= first]].format(x=x, y=y, top=y - 8))
    height = STEP * -(-(first + second) // COLUMNS)
    width = COLUMNS * STEP
    return (
        f'<svg class="icons" role="img" aria-label="{escape(alt)}" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}">{"".join(signs)}</svg>'
    )
