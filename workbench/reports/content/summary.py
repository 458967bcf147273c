"""One page in plain words: what was tried, how good it is among 100 people, and what it cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from .facts import settings
from .frequencies import alarms, frequencies, groups
from .intervals import first_figure
from .judged import Judged, judged
from .naming import MODELS, model_name
from .opened import OPENING, is_simulated
from .plain import findings
from .record import Record
from .remaining import doubts
from .writing import plural

ALIKE = "look like several images of"  # what `studies.telling` says against a user's word
FEW = 100  # people whose answers make uncertain numbers
NUMBERS = {2: "Two", 3: "Three", 4: "Four"}
CAUTION = "This is research. It is not a medical device and must not guide the care of anybody."


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Parameters
    ----------
    heading : str
        Plain text.
    html : str
        Its contents.
    """

    heading: str
    html: str


@dataclass(frozen=True)
class Summary:
    """A page in plain words.

    Parameters
    ----------
    title : str
        Of the notebook.
    sections : tuple of Section
        In order.
    """

    title: str
    sections: tuple[Section, ...]

    @property
    def html(self) -> str:
        """All sections, each with its heading."""
        return "\n".join(f"<section><h2>{escape(one.heading)}</h2>\n{one.html}</section>" for one in self.sections)


def summary(notebook: dict[str, Any]) -> Summary:
    """Say in plain words what a run did, what it found, and what it cannot say.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    Summary
        With natural frequencies where the record holds a classification, else with what was measured.
    """
    record = Record(notebook)
    found, remaining = judged(record), doubts(notebook)
    alike = any(ALIKE in one for one in remaining)
    sections = [Section("What was tried", _paragraphs([*_tried(record, found, alike=alike), *_changed(notebook)]))]
    if found:
        sections += [
            Section("How often it is right", frequencies(found, doubtful=bool(remaining))),
            Section("What an alarm means", alarms(found, record.parameters.get("prevalence"))),
        ]
    else:
        sections.append(Section("What was measured", findings(record)))
    if remaining:
        sections.append(Section("What is in doubt", _list(remaining)))
    figure = _figure(notebook)
    if figure:
        sections.append(Section("A picture from the run", figure))
    sections.append(Section("What it cannot do", _list(_limits(record, found))))
    title = notebook.get("metadata", {}).get("workbench", {}).get("title") or "A run of the workbench"
    return Summary(title, tuple(sections))


def _tried(record: Record, found: Judged | None, *, alike: bool) -> list[str]:
    made = " All was simulated by a computer: these people do not exist." if _simulated(record) else ""
    if found:
        models = [one.model for one in (found, *found.beside)]
        program = "A computer program" + (f" ({model_name(found.model)})" if found.model else "")
        if found.beside:
            program = f"{NUMBERS.get(len(models), str(len(models)))} computer programs"
        was, it = ("were", "they") if found.beside else ("was", "it")
        made = f"{_kinds(models)}{made}"
        other = f"“{found.negative}”" if found.negative else "everything else"
        whom = f"{plural(found.cases, 'case')}, each taken for another person," if alike else found.whom
        told = f"tell “{found.positive}” from {other} in {whom} whose true answer is known"
        if found.unseen:
            asked = f"{program} {was} asked to {told}, and had not learned from the cases that {it} judged.{made}"
        else:
            asked = (
                f"{program} {was} asked to {told}. The record does not say whether {it} had learned from the "
                f"same people; if {it} had, the numbers are too good.{made}"
            )
        return [asked, *groups(found)]
    counts = [facts for call in record.of(*OPENING) for facts in call.found if "cases" in facts]
    of = f" of {plural(counts[0]['cases'], 'case')}" if counts else ""
    steps = len({call.name for call in record.calls})
    done = f" {plural(steps, 'kind')} of computation were applied; the full report names them." if steps else ""
    return [f"A computer worked on images or measurements{of}.{done}{made}"]


def _kinds(models: list[str]) -> str:
    # Sorted, so that the better one does not come first before it is said to be.
    kinds = [
        "sees the image itself" if name == "CNN" else "weighs numbers measured in it" for name in sorted(models)
    ]
    named = [f"{model_name(name)} {kind}" for name, kind in zip(sorted(models), kinds, strict=True)]
    return f" {'; '.join(named).capitalize()}." if len(models) > 1 and set(models) <= MODELS.keys() else ""


def _changed(notebook: dict[str, Any]) -> list[str]:
    told = [
        f"with {one.name} = {one.value or 'nothing'} instead of {one.default or 'nothing'}"
        f"{f' ({one.help})' if one.help else ''}"
        for one in settings(notebook)
        if one.changed and one.value != one.default
    ]
    return [f"This run differs from what the notebook does by itself: {'; '.join(told)}."] if told else []


def _limits(record: Record, found: Judged | None) -> list[str]:
    limits = [CAUTION]
    if _simulated(record):
        limits.append("It was tried on simulated data. Nobody knows from this how it does on real ones.")
    if found:
        if found.patients < FEW:
            limits.append(f"It was judged on {found.patients} people only, so its numbers are uncertain.")
        if found.where == "set aside":
            limits.append("The second group is of the same place. Expect less elsewhere, with other machines.")
        elif not record.of("evaluation.external_validation"):
            limits.append("It was not tried on people from elsewhere, with other machines. Expect less there.")
        if not record.of("evaluation.subgroups"):
            limits.append("Whether it does equally well for women and men, young and old, was not looked at.")
        limits.append(
            "It knows nothing that is not in its images or measurements: no history, no complaints, no person."
        )
    else:
        limits.append("It says how well a computation works on these images, not whether it helps a patient.")
    if any(call.options.get("allow_leak") for call in record.calls):
        limits.append("In part of the run the answer was given away on purpose, to show what that does.")
    return limits


def _simulated(record: Record) -> bool:
    opened = record.of(*OPENING)
    return bool(opened) and all(map(is_simulated, opened))


def _figure(notebook: dict[str, Any]) -> str:
    figure = first_figure(notebook)
    if not figure:
        return ""
    png, alt = figure[0], escape(figure[1])
    return f'<figure><img src="data:image/png;base64,{png}" alt="{alt}"><figcaption>{alt}</figcaption></figure>'


def _paragraphs(texts: list[str]) -> str:
    return "\n".join(f"<p>{escape(text)}</p>" for text in texts)


def _list(texts: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"
