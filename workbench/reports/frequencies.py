"""How good a classification is, as counts among people."""

from __future__ import annotations

from html import escape

from .icons import icon_array
from .judged import Judged

EVERYWHERE = 0.01  # a share of affected people that is usual where healthy people are tested
LEGEND = (
    "Left those with it, right those without; one sign is one of the 100: a full disc is found, an open circle is "
    "missed, a full triangle is wrongly flagged, a small ring is rightly left in peace."
)


def frequencies(found: Judged) -> str:
    """Say how many of 100 are found and how many wrongly flagged, in words and pictures.

    Parameters
    ----------
    found : Judged
        A classification.

    Returns
    -------
    str
        HTML.
    """
    who = "people" if found.patients == found.cases else "cases"
    hits, flags = _percent(found.recall.value), _percent(1 - found.specificity.value)
    missed = f"Of 100 {who} with “{found.positive}”, it finds {hits} and misses {100 - hits}."
    wrong = f"Of 100 {who} without it, it wrongly flags {flags} and leaves {100 - flags} in peace."
    ends = LEGEND
    if found.auc:
        first = _percent(found.auc.value)
        ends += f" Shown one of each kind, it gives the higher score to the right one in {first} of 100 pairs."
    pictures = [
        icon_array(hits, 100 - hits, kinds=("hit", "miss"), alt=missed),
        icon_array(flags, 100 - flags, kinds=("false", "clear"), alt=wrong),
    ]
    return (
        f"<p>{escape(missed + _between(found.recall.low, found.recall.high, 'found'))}</p>\n"
        f"<p>{escape(wrong + _between(1 - found.specificity.high, 1 - found.specificity.low, 'flagged'))}</p>\n"
        f'<p class="icon-pair">{" ".join(pictures)}</p>\n'
        f"<p>{escape(ends)}</p>"
    )


def alarms(found: Judged, prevalence: object = None) -> str:
    """Say how many alarms are right where the condition is more common or rarer.

    Parameters
    ----------
    found : Judged
        A classification.
    prevalence : float, optional
        Another share of affected people.

    Returns
    -------
    str
        HTML.
    """
    shares = {"In this study, where": found.share, "Where": EVERYWHERE}
    if isinstance(prevalence, float) and 0 < prevalence < 1 and prevalence != EVERYWHERE:
        shares["With the prevalence given to the run, where"] = prevalence
    lines = [f"{place} {_alarmed(found, share)}" for place, share in shares.items() if share is not None]
    text = (
        "What an alarm is worth depends on how common the condition is among those who are tested, not on the "
        "program alone. The rarer it is, the more alarms are false. Of 1,000 who are tested:"
    )
    return f"<p>{text}</p>\n<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _alarmed(found: Judged, share: float) -> str:
    affected = round(1000 * share)
    right = round(1000 * share * found.recall.value)
    wrong, least, most = (
        round(1000 * (1 - share) * (1 - value))
        for value in (found.specificity.value, found.specificity.high, found.specificity.low)
    )
    surely = "" if least == most else f"; the number of wrong ones may well be anything from {least} to {most}"
    return f"{affected} have it, {right} alarms are right and {wrong} wrong{surely}."


def _between(low: float, high: float, done: str) -> str:
    first, last = _percent(low), _percent(high)
    if first == last:
        return ""
    return f" Among others of the same kind, probably between {first} and {last} would be {done}."


def _percent(share: float) -> int:
    return round(100 * share)
