"""LaTeX formulas as MathML, which browsers draw without any script."""

import re
from functools import lru_cache
from html import escape
from xml.etree import ElementTree

from latex2mathml.converter import convert

# The converter does not know these names, and below a root it sets limits beside their sign.
NAMES = re.compile(r"\\(arg|argmax|argmin|sgn|softmax|diag)(?![a-zA-Z])")
LIMITS = {"∑", "∏", "⋃", "⋂", "max", "min", "sup", "inf", "lim", "arg", "argmax", "argmin"}
STACKED = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
LONG = {"block": 15, "inline": 22}  # signs that fit on any screen
MATHML = "http://www.w3.org/1998/Math/MathML"

ElementTree.register_namespace("", MATHML)


@lru_cache(maxsize=4096)  # the runs of a sweep share their formulas
def mathml(formula: str, *, display: str) -> str:
    r"""Convert a LaTeX formula to MathML.

    Parameters
    ----------
    formula : str
        With or without its dollar signs.
    display : str
        ``"inline"`` or ``"block"``.

    Returns
    -------
    str
        A ``math`` element; of a formula that cannot be read, its text.

    Examples
    --------
    >>> mathml("$x$", display="inline")
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    """
    text = re.sub(r"^\$+|\$+$", "", formula.strip())
    try:
        converted = convert(NAMES.sub(r"\\operatorname{\1}", text), display=display)
        math = ElementTree.fromstring(converted)  # noqa: S314 (made one line above)
    except Exception:  # the converter raises of all kinds, and a report with one odd formula is still a report
        return f"<code>{escape(text)}</code>"
    for element in math.iter():
        kind = element.tag.rpartition("}")[2]
        sign = element[0].text if kind in STACKED and len(element) else None
        if display == "block" and sign in LIMITS:
            element.tag = f"{{{MATHML}}}{STACKED[kind]}"
        for child in element if kind == "msup" else ():
            if child.text == "′":
                child.tag = f"{{{MATHML}}}mo"  # an operator, which fonts draw at the right height
    if len("".join(math.itertext())) > LONG[display]:
        # It may scroll on a telephone, and then the keyboard must reach it.
        math.set("class", "long")
        math.set("tabindex", "0")
    return ElementTree.tostring(math, encoding="unicode")
