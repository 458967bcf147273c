"""Recorded results: numbers that a chapter hands on, inside the notebook itself."""

import numbers
from dataclasses import dataclass
from typing import Any

RESULTS = "application/vnd.workbench.results+json"


def record(*, digits: int = 3, **results: float | int | str | bool) -> None:
    """Record a chapter's numbers in the notebook and print them rounded.

    Parameters
    ----------
    digits : int, optional
        Significant digits of the printed text, which notebook tests compare; the record keeps all.
    **results
        Name to number, text or truth value.

    Raises
    ------
    TypeError
        If a result is none of these.

    Examples
    --------
    >>> record(dice=0.98765, cases=12)
    dice   0.988
    cases  12
    """
    from IPython.display import display

    display(Results({name: _plain(name, value) for name, value in results.items()}, digits))


@dataclass(frozen=True)
class Results:
    """Numbers that show themselves rounded and carry their full precision as metadata.

    Parameters
    ----------
    values : dict
        Name to number, text or truth value.
    digits : int
        Significant digits shown.
    """

    values: dict[str, float | int | str | bool]
    digits: int

    def __repr__(self) -> str:
        width = max(map(len, self.values), default=0)
        return "\n".join(f"{name:{width}}  {_rounded(v, self.digits)}" for name, v in self.values.items())

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        # nbval does not compare metadata, so full precision does not tie the tests to one machine.
        return {"text/plain": repr(self)}, {RESULTS: self.values}


def _plain(name: str, value: Any) -> float | int | str | bool:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool | str):
        return value
    if isinstance(value, numbers.Real):
        return int(value) if isinstance(value, numbers.Integral) else float(value)
    raise TypeError(f"result {name!r} must be a number, text or truth value, received {type(value).__name__}")


def _rounded(value: float | int | str | bool, digits: int) -> str:
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)
