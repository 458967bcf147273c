"""How good a classification is, as counts among people."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from .icons import icon_array
from .judged import Judged
from .naming import model_name

EVERYWHERE = 0.01  # a share of affected people that is usual where healthy people are tested
LEGEND = (
    "One sign is one of the 100: a full disc is found, an open circle is missed, "
    "a full triangle is wrongly flagged, a small ring is rightly not flagged."
)


class Second(NamedTuple):
    """The second group of cases.

    Parameters
    ----------
    came : str
        Where from.
    expected : str
        For whom its figures are those to expect.
    """

    came: str
    expected: str


#: By what `origin` says of them.
SECOND = {
    "set aside": Second("was set aside at the beginning", "new people of the same place, with the same machines"),
    "another study": Second("is of another study", "new people of that other place"),
    "simulated": Second("is of another simulated study", "new cases of that simulation"),
}


def groups(found: Judged) -> list[str]:
    """Name the two groups of cases, as all other sentences call them.

    Parameters
    ----------
    found : Judged
        A classification.

    Returns
    -------
    list of str
        One sentence; none where there is one group.
    """
    away = found.elsewhere
    if not away:
        return []
    second = f"The second group, {away.whom}, {SECOND[found.where].came}; no program had seen it before."
    return [f"The {found.whom} are the first group. {second}"]


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
    second = "In the second group" + (f", {model_name(found.model)} did this:" if found.beside else ":")
    expected = SECOND[found.where].expected
    honest = f"These are the figures to expect for {expected}."
    if doubtful:
        honest = f"For {expected}, expect such figures at best: see “What is in doubt”."
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
        "group",
        f"finds of 100 with “{found.positive}”",
        f"wrongly flags of 100 {_without(found)}",
        "ranks rightly of 100 pairs",
    )
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = ""
    for one in (found, *found.beside):
        named = f'<tr><th scope="rowgroup" colspan="{len(heads)}">{escape(model_name(one.model))}</th></tr>'
        rows = [("first", one), ("second", one.elsewhere)] if one.elsewhere else [("all", one)]
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
        f"{_of(100, one.value)} ({_of(100, one.low)} to {_of(100, one.high)})" if one else ""
        for one in (found.recall, flagged, found.auc)
    ]


def _why(found: Judged) -> str:
    other = found.beside[0]
    first, second = model_name(found.model), model_name(other.model)
    where = "the first group" if found.elsewhere else f"the {found.whom}"
    ahead = f"In {where}, {first} ranks {_pairs(found)} of 100 pairs rightly, {second} {_pairs(other)}. "
    surely = (
        "This is more than chance explains, so the rest of this page speaks of "
        if found.surely
        else "No difference is shown, so either may be the better one; the rest of this page speaks of "
    )
    aside = " The second group had no say in this." if found.elsewhere else ""
    return f"{ahead}{surely}{first}.{aside}"


def _pairs(found: Judged) -> str:
    return _of(100, found.auc.value) if found.auc else ""


def _counted(found: Judged) -> list[str]:
    who = "people" if found.patients == found.cases else "cases"
    recall, flagged = found.recall.value, 1 - found.specificity.value
    hits, flags = round(100 * recall), round(100 * flagged)
    missed = (
        f"Of 100 {who} with “{found.positive}”, it finds {_of(100, recall)} and misses "
        f"{_said(100 - hits, 100, 1 - recall)}."
    )
    wrong = (
        f"Of 100 {who} {_without(found)}, it wrongly flags {_of(100, flagged)}; the other "
        f"{_said(100 - flags, 100, 1 - flagged)} it rightly does not."
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
        ends += (
            f" Of 100 pairs, one of each kind, it ranks {_pairs(found)} rightly: the higher score goes to the "
            "right one."
        )
    return f"<p>{escape(ends)}</p>"


def _worse(found: Judged, away: Judged) -> str:
    more = round(100 * (1 - away.specificity.value)) - round(100 * (1 - found.specificity.value))
    fewer = round(100 * found.recall.value) - round(100 * away.recall.value)
    told = [f"it misses {fewer} more of 100"] * (fewer > 0) + [f"it wrongly flags {more} more of 100"] * (more > 0)
    return f" There {' and '.join(told)} than in the first group." if told else ""


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
    group, those = (", by its figures in the second group", "there") if found.elsewhere else ("", "in this study")
    found = found.elsewhere or found
    shares = {f"as {those}, {{}} of the 1,000": found.share, "{} of them": EVERYWHERE}
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
    right = _of(1000, share * found.recall.value)
    wrong, least, most = (
        _of(1000, (1 - share) * (1 - value))
        for value in (found.specificity.value, found.specificity.high, found.specificity.low)
    )
    surely = "" if least == most else f" (anything from {least} to {most} is likely)"
    rightly = "1 alarm is" if right == "1" else f"{right} alarms are"
    comma = "," if those[0] != "{" else ""
    return f"If{comma} {those.format(affected)} have it, {rightly} right and {wrong} wrong{surely}."


def _between(low: float, high: float, done: str) -> str:
    first, last = _of(100, low), _of(100, high)
    if first == last:
        return ""
    likely = f"between {first} and {last}"
    if first == "under 1":
        likely = f"at most {last}"
    elif last == "over 99":
        likely = f"at least {first}"
    return f" Among others of the same kind, probably {likely} would be {done}."


def _of(whole: int, share: float) -> str:
    return _said(round(whole * share), whole, share)


def _said(count: int, whole: int, share: float) -> str:
    # Nearly all are not all, and hardly any is not none.
    if count == whole and share < 1:
        return f"over {whole - 1}"
    return "under 1" if count == 0 and share > 0 else str(count)
