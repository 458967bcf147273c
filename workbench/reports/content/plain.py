"""Recorded results in plain words."""

from __future__ import annotations

from html import escape
from typing import Any

from .naming import result_name
from .record import Record
from .results import results

AT_MOST = 10
MEANINGS = (
    ("dice", "overlap of two outlines, from 0 (apart) to 1 (the same)"),
    ("jaccard", "overlap of two outlines, from 0 (apart) to 1 (the same)"),
    ("iou", "overlap of two boxes or outlines, from 0 (apart) to 1 (the same)"),
    ("hausdorff", "greatest distance between two outlines, in millimetres"),
    ("psnr", "how near an image comes to the true one, in decibels; more is better"),
    ("ssim", "how alike two images look, from 0 to 1 (the same)"),
    ("auc", "how often the right one of two is ranked higher; 0.5 is a guess, 1 is always"),
    ("accuracy", "share of answers that are right"),
    ("recall", "share of what was looked for that was found"),
    ("sensitivity", "share of what was looked for that was found"),
    ("specificity", "share of the others that were rightly not flagged"),
    ("precision", "share of alarms that are true"),
    ("kappa", "agreement beyond chance, from 0 to 1"),
    ("correlation", "how closely two measurements go together, from −1 to 1"),
    ("brier", "mean squared error of the probabilities; 0 is best"),
)


def findings(record: Record) -> str:
    """Tabulate recorded results with what they mean.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    str
        HTML; those that have a plain meaning come first, and not more than fit a page.
    """
    recorded = record.results
    if not recorded:
        return "<p>The run recorded no result.</p>"
    named = {name: _meaning(name) or _meaning_of_call(record, recorded[name]) for name in recorded}
    known = {name: meaning for name, meaning in named.items() if meaning}
    shown = results(record.notebook)
    order = [*(name for name in known if name in shown), *(name for name in shown if name not in known)]
    rows = "".join(
        f'<tr><th scope="row">{escape(result_name(name))}</th><td>{escape(str(shown[name]))}</td>'
        + (f"<td>{escape(known.get(name, ''))}</td></tr>" if known else "</tr>")
        for name in order[:AT_MOST]
    )
    more = f"<p>{len(order) - AT_MOST} further results are in the full report.</p>" if len(order) > AT_MOST else ""
    columns = ("Result", "Value", "In plain words")[: 3 if known else 2]
    heads = "".join(f'<th scope="col">{head}</th>' for head in columns)
    return f'<table class="plain"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}'


def _meaning(name: str) -> str:
    return next((meaning for word, meaning in MEANINGS if word in name.lower().split("_")), "")


def _meaning_of_call(record: Record, value: Any) -> str:
    if not isinstance(value, float):
        return ""
    sources = [call.name for call in record.calls for facts in call.found if facts.get("value") == value]
    return next((meaning for name in sources if (meaning := _meaning(name.split(".")[-1]))), "")
