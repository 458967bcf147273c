"""Do the intervals hold the truth as often as they say: ``python benchmarks/intervals.py [part [studies]]``.

Each simulated study has 60, 200 or 1,000 patients with one to four images each. A patient is ill or not (40 %), an
image agrees with its patient in 85 of 100 cases, and half of the variance of the score is the patient's, so that
the images of a patient are far from independent. The score separates the classes with a given AUC; the
probabilities made of it are too extreme (calibration slope 0.83) and a little high. One more column has rare
disease: 5 % ill, in all their images. A second model shares most of the first one's errors. The truth is that of
200,000 patients.

Parts: ``intervals`` of each metric, ``differences`` of two models, ``bands`` of the curves, ``speed`` of 10,000
cases; all of them without a word. Each prints how often a 95 % interval holds the truth and on which side it
misses, and writes its section of benchmarks/README.md, with the number of studies.
"""

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import special, stats
from sklearn import metrics
from timing import machine, table_lines, write_section

from workbench import evaluation

STUDIES, RESAMPLES, PROCESSES, MANY = 2000, 500, 4, 200_000
WANTED = (93, 97)
SHARED, SHARED_ERRORS = 0.5, 0.8
RATES, RECALLS, RISKS, BINS = (0.1, 0.3, 0.5), (0.2, 0.5, 0.8), (0.1, 0.3, 0.5), 5


class Design(NamedTuple):
    """How studies of one kind are made; `area` is the first model's AUC, `second` the other's."""

    patients: int
    area: float
    second: float = 0.5
    ill: float = 0.4
    agreement: float = 0.85


class Study(NamedTuple):
    """Labels and both models' probabilities of each image, and its patient."""

    labels: np.ndarray
    first: np.ndarray
    second: np.ndarray
    owner: np.ndarray


def study(design: Design, rng: np.random.Generator) -> Study:
    owner = np.repeat(np.arange(design.patients), rng.integers(1, 5, size=design.patients))
    ill = rng.random(design.patients) < design.ill
    labels = np.where(rng.random(len(owner)) < design.agreement, ill[owner], ~ill[owner])
    own, common = rng.normal(size=len(owner)), rng.normal(size=design.patients)[owner]
    other = SHARED_ERRORS * own + np.sqrt(1 - SHARED_ERRORS**2) * rng.normal(size=len(owner))
    share = design.ill * design.agreement + (1 - design.ill) * (1 - design.agreement)
    said = []
    for error, area in ((own, design.area), (other, design.second)):
        apart = np.sqrt(2) * stats.norm.ppf(area)
        score = np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * error + apart * labels
        odds = special.logit(share) + apart * (score - apart / 2)
        said.append(special.expit(0.2 + 1.2 * odds))
    return Study(labels, *said, owner)


def intervals(one: Study, **options: int) -> pd.DataFrame:
    return evaluation.classification(one.labels, one.first, groups=one.owner, positive=True, **options).table[
        ["value", "low", "high"]
    ]


def differences(one: Study, **options: int) -> pd.DataFrame:
    found = evaluation.compare(one.labels, one.first, one.second, groups=one.owner, positive=True, **options)
    return found.table.rename(columns={"difference": "value"})[["value", "low", "high"]]


def bands(one: Study, **options: int) -> pd.DataFrame:
    given = {"groups": one.owner, "positive": True} | options
    roc = evaluation.roc_curve(one.labels, one.first, **given)
    precise = evaluation.precision_recall_curve(one.labels, one.first, **given)
    calibrated = evaluation.calibration_curve(one.labels, one.first, bins=BINS, **given)
    worth = evaluation.decision_curve(one.labels, one.first, thresholds=RISKS, **given)
    parts = {
        **_read(roc, "recall", at=RATES, of="false_positive_rate"),
        **_read(precise, "precision", at=RECALLS, of="recall"),
    }
    for row in calibrated.itertuples():
        parts[f"share of ill among {row.lower:.1f} to {row.upper:.1f}"] = (row.observed, row.low, row.high)
    for row in worth.itertuples():
        parts[f"net benefit at a risk of {row.threshold}"] = (row.net_benefit, row.low, row.high)
    return pd.DataFrame.from_dict(parts, orient="index", columns=["value", "low", "high"])


def _read(curve: pd.DataFrame, name: str, *, at: tuple[float, ...], of: str) -> dict[str, tuple[float, ...]]:
    ends = [np.interp(at, curve[of], curve[column]) for column in (name, "low", "high")]
    return {f"{name} at a {of.replace('_', ' ')} of {place}": row for place, *row in zip(at, *ends, strict=True)}


def judge_some(part: Callable[..., pd.DataFrame], design: Design, seeds: range) -> np.ndarray:
    tables = [
        part(study(design, np.random.default_rng([seed, design.patients])), resamples=RESAMPLES, seed=seed)
        for seed in seeds
    ]
    return np.stack([table.to_numpy(float) for table in tables])


def judge_all(part: Callable[..., pd.DataFrame], design: Design, studies: int) -> np.ndarray:
    """Return value, low and high: (studies, rows, 3)."""
    parts = Parallel(PROCESSES)(
        delayed(judge_some)(part, design, range(start, studies, 4 * PROCESSES)) for start in range(4 * PROCESSES)
    )
    return np.concatenate(parts)


def coverage(part: Callable[..., pd.DataFrame], designs: dict[str, Design], studies: int) -> list[str]:
    columns, missed, undefined = {}, [], 0
    for name, design in designs.items():
        true = part(study(design._replace(patients=MANY), np.random.default_rng(0)), resamples=2, seed=0)
        found = judge_all(part, design, studies)
        cells = []
        for metric, truth, (_, low, high) in zip(true.index, true["value"], found.transpose(1, 2, 0), strict=True):
            there = np.isfinite(low)
            undefined += int(np.sum(~there))
            above, below = 100 * np.mean(low[there] > truth), 100 * np.mean(high[there] < truth)
            held = 100 - above - below
            cells.append(f"{held:.1f} ({above:.1f}, {below:.1f})")
            if not WANTED[0] <= held <= WANTED[1]:
                missed.append(f"{metric}, {name}: {held:.1f} %")
        columns[name] = cells
        print(name, *cells, sep="; ", file=sys.stderr, flush=True)
    rows = [[metric, *cells] for metric, *cells in zip(true.index, *columns.values(), strict=True)]
    return [
        f"{studies} simulated studies in each column, {RESAMPLES} resamples of the patients in each study. Cells:",
        "share of studies (%) whose 95 % interval holds the truth (in brackets: lies above it, below it).",
        "",
        *table_lines([part.__name__, *columns], rows),
        "",
        f"Intervals that do not exist, of {studies * len(rows) * len(columns)}: {undefined}.",
        f"Outside {WANTED[0]} to {WANTED[1]} %: {len(missed) or 'none'}.",
        *(f"- {line}" for line in missed),
    ]


def rejections(design: Design, seeds: range) -> np.ndarray:
    found = []
    for seed in seeds:
        one = study(design, np.random.default_rng([seed, design.patients]))
        tests = evaluation.compare(one.labels, one.first, one.second, groups=one.owner, positive=True, resamples=1)
        found.append((tests.delong.p < 0.05, tests.mcnemar.p < 0.05))
    return np.array(found)


def equals(studies: int) -> list[str]:
    lines = []
    for patients in (60, 200, 1000):
        seeds = [range(start, studies, PROCESSES) for start in range(PROCESSES)]
        found = Parallel(PROCESSES)(delayed(rejections)(Design(patients, 0.8, 0.8), some) for some in seeds)
        delong, mcnemar = 100 * np.concatenate(found).mean(axis=0)
        lines.append(f"- {patients} patients: DeLong {delong:.1f} %, McNemar {mcnemar:.1f} %")
    return [
        "",
        f"Two models, equally good (AUC 0.8), are said to differ (p < 0.05) in so many of {studies} studies:",
        "",
        *lines,
    ]


def speed() -> list[str]:
    one = study(Design(4000, 0.8), np.random.default_rng(1))
    options = {"groups": one.owner, "positive": True, "resamples": 2000}
    evaluation.classification(one.labels, one.first, **options)  # compiles
    start = time.perf_counter()
    evaluation.classification(one.labels, one.first, **options)
    ours = time.perf_counter() - start
    drawn = evaluation.drawn_patients(4000, resamples=20, seed=0)[1:, one.owner]
    start = time.perf_counter()
    for weight in drawn:
        metrics.roc_auc_score(one.labels, one.first, sample_weight=weight)
        metrics.average_precision_score(one.labels, one.first, sample_weight=weight)
    theirs = (time.perf_counter() - start) * 100
    return [
        f"2,000 resamples of {len(one.labels):,} cases of 4,000 patients: all twelve metrics {ours:.2f} s; AUC",
        f"and average precision alone, one resample after the other with scikit-learn, {theirs:.0f} s.",
    ]


SINGLE = {f"{count} patients, AUC {area}": Design(count, area) for area in (0.7, 0.9) for count in (60, 200, 1000)}
RARE = {"200 patients, AUC 0.9, 5 % ill": Design(200, 0.9, ill=0.05, agreement=1.0)}
PAIRED = {
    f"{count} patients, AUC {first} and {second}": Design(count, first, second)
    for first, second in ((0.9, 0.8), (0.8, 0.8))
    for count in (60, 200)
}
CURVES = {f"{count} patients, AUC 0.8": Design(count, 0.8) for count in (60, 200, 1000)}
PARTS: dict[str, Callable[[int], list[str]]] = {
    "intervals": lambda studies: [*speed(), "", *coverage(intervals, SINGLE | RARE, studies)],
    "differences": lambda studies: [*coverage(differences, PAIRED, studies), *equals(studies)],
    "bands": lambda studies: coverage(bands, CURVES, studies),
    "speed": lambda _: speed(),
}


if __name__ == "__main__":
    words = sys.argv[1:]
    count = int(words[1]) if len(words) > 1 else STUDIES
    for name in [words[0]] if words else ("intervals", "differences", "bands"):
        text = "\n".join([machine(), "", *PARTS[name](count)])
        print(text)
        if name != "speed":
            write_section(name, text)
