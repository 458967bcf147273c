"""How good a classification is, as counts among people."""

from __future__ import annotations

from html import escape

from .icons import icon_array
from .judged import Judged
from .naming import model_name

EVERYWHERE = 0.01  # a share of affected people that is usual where healthy people are tested
PLACES = {
    "set aside": "who were set aside at the beginning",
    "another study": "of another study",
    "simulated": "of another simulated study",
}
THOSE = {
    "set aside": "the people set aside",
    "another study": "the people of the other study",
    "simulated": "the other simulated study",
}
ROWS = {"set aside": "set aside", "another study": "other study", "simulated": "other simulation"}
EXPECTED = {
    "set aside": "new people of the same place, with the same machines",
    "another study": "new people of that other place",
    "simulated": "new cases of that simulation",
}
LEGEND = (
    "One sign is one of the 100: a full disc is found, an open circle is missed, "
    "a full triangle is wrongly flagged, a small ring is rightly not flagged."
)


def frequencies(found: Judged, *, doubtful: bool = False) -> str:
    """Say how many of 100 are found and how many wrongly flagged, in words, a table and pictures.

    Parameters
    ----------
    found : Judged
        A classification.
    doubtful : bool, optional
        Whether something speaks against the figures by the study's own account.

    Returns
    -------
    str
        HTML.
    """
    away, parts = found.elsewhere, []
    if away or found.beside:
        parts.append(_table(found))
    if found.beside:
        parts.append(f"<p>{escape(_why(found))}</p>")
    if away is None:
        return "\n".join([*parts, *_counted(found), _read(found, listed=bool(found.beside))])
    it = f", {model_name(found.model)} did this:" if found.beside else ":"
    second = f"In the {away.whom} {PLACES[found.where]}, which no program had seen before{it}"
    honest = f"These are the figures to expect for {EXPECTED[found.where]}."
    if doubtful:
        honest = f"For {EXPECTED[found.where]}, expect such figures at best: see “What is in doubt”."
    return "\n".join(
        [
            *parts,
            f"<p>{escape(second)}</p>",
            *_counted(away),
            f"<p><strong>{escape(honest)}</strong>{escape(_worse(found, away))}</p>",
            _read(away, listed=True),
        ]
    )


def _table(found: Judged) -> str:
    heads = (
        "cases of",
        f"finds of 100 with “{found.positive}”",
        f"wrongly flags of 100 {_without(found)}",
        "ranks rightly of 100 pairs",
    )
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = ""
    for one in (found, *found.beside):
        named = f'<tr><th scope="rowgroup" colspan="{len(heads)}">{escape(model_name(one.model))}</th></tr>'
        rows = [("the study", one)] + ([(ROWS[one.where], one.elsewhere)] if one.elsewhere else [])
        told = "".join(
            f'<tr><th scope="row">{group}</th>{"".join(f"<td>{text}</td>" for text in _numbers(whom))}</tr>'
            for group, whom in rows
        )
        body += f"<tbody>{named if found.beside else ''}{told}</tbody>"
    caption = (
        "In brackets, what others of the same kind would probably give. A pair is one case of each kind, ranked "
        f"rightly where the one with “{found.positive}” has the higher score."
    )
    return (
        '<div class="table" role="group" tabindex="0" aria-label="How often it is right">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>{body}</table></div>"
    )


def _numbers(found: Judged) -> list[str]:
    flagged = found.specificity._replace(
        value=1 - found.specificity.value, low=1 - found.specificity.high, high=1 - found.specificity.low
    )
    return [
        f"{_percent(one.value)} ({_percent(one.low)} to {_percent(one.high)})" if one else ""
        for one in (found.recall, flagged, found.auc)
    ]


def _why(found: Judged) -> str:
    other = found.beside[0]
    first, second = model_name(found.model), model_name(other.model)
    ahead = (
        f"In the {found.whom} of the study, {first} ranks {_pairs(found)} of 100 pairs rightly, {second} "
        f"{_pairs(other)}. "
    )
    surely = (
        "This is more than chance explains, so the rest of this page speaks of "
        if found.surely
        else "No difference is shown, so either may be the better one; the rest of this page speaks of "
    )
    aside = f" {THOSE[found.where][0].upper()}{THOSE[found.where][1:]} had no say in this." if found.where else ""
    return f"{ahead}{surely}{first}.{aside}"


def _pairs(found: Judged) -> int:
    return _percent(found.auc.value) if found.auc else 0


def _counted(found: Judged) -> list[str]:
    who = "people" if found.patients == found.cases else "cases"
    hits, flags = _percent(found.recall.value), _percent(1 - found.specificity.value)
    missed = f"Of 100 {who} with “{found.positive}”, it finds {hits} and misses {100 - hits}."
    wrong = (
        f"Of 100 {who} {_without(found)}, it wrongly flags {flags}; the other {100 - flags} it rightly does not."
    )
    pictures = (
        icon_array(hits, 100 - hits, kinds=("hit", "miss"), alt=missed),
        icon_array(flags, 100 - flags, kinds=("false", "clear"), alt=wrong),
    )
    told = (
        missed + _between(found.recall.low, found.recall.high, "found"),
        wrong + _between(1 - found.specificity.high, 1 - found.specificity.low, "flagged"),
    )
    halves = [
        f'<div class="icon-half">{each}<p>{escape(text)}</p></div>'
        for each, text in zip(pictures, told, strict=True)
    ]
    return [f'<div class="icon-pair">{" ".join(halves)}</div>']


def _read(found: Judged, *, listed: bool) -> str:
    ends = LEGEND
    if found.auc and not listed:
        first = _percent(found.auc.value)
        ends += (
            f" Of 100 pairs, one of each kind, it ranks {first} rightly: the higher score goes to the right one."
        )
    return f"<p>{escape(ends)}</p>"


def _worse(found: Judged, away: Judged) -> str:
    more = _percent(1 - away.specificity.value) - _percent(1 - found.specificity.value)
    fewer = _percent(found.recall.value) - _percent(away.recall.value)
    told = [f"it misses {fewer} more of 100"] * (fewer > 0) + [f"it wrongly flags {more} more of 100"] * (more > 0)
    return f" There {' and '.join(told)} than the cases of the study promise." if told else ""


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
    group = f", by its figures in {THOSE[found.where]}" if found.elsewhere else ""
    found = found.elsewhere or found
    shares = {"as in this study, {} of the 1,000": found.share, "{} of them": EVERYWHERE}
    if isinstance(prevalence, float) and 0 < prevalence < 1 and prevalence != EVERYWHERE:
        shares["by the prevalence given to the run, {} of them"] = prevalence
    lines = [_alarmed(found, share, those) for those, share in shares.items() if share is not None]
    text = (
        "What an alarm is worth depends on how common the condition is among those who are tested, not on the "
        f"program alone. The rarer it is, the more alarms are false. Of 1,000 who are tested{group}:"
    )
    return f"<p>{text}</p>\n<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _alarmed(found: Judged, share: float, those: str) -> str:
    affected = round(1000 * share)
    right = round(1000 * share * found.recall.value)
    wrong, least, most = (
        round(1000 * (1 - share) * (1 - value))
        for value in (found.specificity.value, found.specificity.high, found.specificity.low)
    )
    surely = "" if least == most else f" (anything from {least} to {most} is likely)"
    rightly = "1 alarm is" if right == 1 else f"{right} alarms are"
    comma = "," if those[0] != "{" else ""
    return f"If{comma} {those.format(affected)} have it, {rightly} right and {wrong} wrong{surely}."


def _between(low: float, high: float, done: str) -> str:
    first, last = _percent(low), _percent(high)
    if first == last:
        return ""
    return f" Among others of the same kind, probably between {first} and {last} would be {done}."


def _percent(share: float) -> int:
    return round(100 * share)
