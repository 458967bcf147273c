"""How good a classification is, as counts among people."""

from __future__ import annotations

from html import escape

from .icons import icon_array
from .judged import Judged

EVERYWHERE = 0.01  # a share of affected people that is usual where healthy people are tested
PLACES = {
    "set aside": "who were set aside at the beginning and had no part in anything",
    "another study": "from elsewhere, who had no part in anything",
    "simulated": "of another simulated study, who had no part in anything",
}
LEGEND = (
    "One sign is one of the 100: a full disc is found, an open circle is "
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
    away = found.elsewhere
    if away is None:
        return "\n".join([*_counted(found), _read(found)])
    first = f"First, in the {found.whom} of the study, each judged by a program that had not learned from them:"
    second = f"Then, in {away.whom} {PLACES[found.where]}:"
    honest = "The second is the honest one to expect for new people: nothing was chosen on these."
    return "\n".join(
        [
            f"<p>{escape(first)}</p>",
            *_counted(found),
            f"<p>{escape(second)}</p>",
            *_counted(away),
            f"<p><strong>{escape(honest)}</strong>{escape(_worse(found, away))}</p>",
            _read(away),
        ]
    )


def _counted(found: Judged) -> list[str]:
    who = "people" if found.patients == found.cases else "cases"
    hits, flags = _percent(found.recall.value), _percent(1 - found.specificity.value)
    missed = f"Of 100 {who} with “{found.positive}”, it finds {hits} and misses {100 - hits}."
    wrong = f"Of 100 {who} {_without(found)}, it wrongly flags {flags} and leaves {100 - flags} in peace."
    pictures = {
        f"100 with “{found.positive}”": icon_array(hits, 100 - hits, kinds=("hit", "miss"), alt=missed),
        f"100 {_without(found)}": icon_array(flags, 100 - flags, kinds=("false", "clear"), alt=wrong),
    }
    halves = [
        f'<span class="icon-half"><strong>{escape(label)}</strong>{each}</span>'
        for label, each in pictures.items()
    ]
    flagged = _between(1 - found.specificity.high, 1 - found.specificity.low, "flagged")
    return [
        f"<p>{escape(missed + _between(found.recall.low, found.recall.high, 'found'))}</p>",
        f"<p>{escape(wrong + flagged)}</p>",
        f'<p class="icon-pair">{" ".join(halves)}</p>',
    ]


def _read(found: Judged) -> str:
    ends = LEGEND
    if found.auc:
        first = _percent(found.auc.value)
        ends += f" Shown one of each kind, it gives the higher score to the right one in {first} of 100 pairs."
    return f"<p>{escape(ends)}</p>"


def _worse(found: Judged, away: Judged) -> str:
    more = _percent(1 - away.specificity.value) - _percent(1 - found.specificity.value)
    fewer = _percent(found.recall.value) - _percent(away.recall.value)
    told = [f"it misses {fewer} more of 100"] * (fewer > 0) + [f"it wrongly flags {more} more of 100"] * (more > 0)
    return f" There {' and '.join(told)} than the first numbers promise." if told else ""


def _without(found: Judged) -> str:
    return f"with “{found.negative}”" if found.negative else "without it"


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
    group = ", by what it did in the second group" if found.elsewhere else ""
    found = found.elsewhere or found
    shares = {"In this study, where": found.share, "Where": EVERYWHERE}
    if isinstance(prevalence, float) and 0 < prevalence < 1 and prevalence != EVERYWHERE:
        shares["With the prevalence given to the run, where"] = prevalence
    lines = [f"{place} {_alarmed(found, share)}" for place, share in shares.items() if share is not None]
    text = (
        "What an alarm is worth depends on how common the condition is among those who are tested, not on the "
        f"program alone. The rarer it is, the more alarms are false. Of 1,000 who are tested{group}:"
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
    rightly = "1 alarm is" if right == 1 else f"{right} alarms are"
    return f"{affected} have it, {rightly} right and {wrong} wrong{surely}."


def _between(low: float, high: float, done: str) -> str:
    first, last = _percent(low), _percent(high)
    if first == last:
        return ""
    return f" Among others of the same kind, probably between {first} and {last} would be {done}."


def _percent(share: float) -> int:
    return round(100 * share)
