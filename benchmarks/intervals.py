"""Do the intervals hold the truth as often as they say: ``python benchmarks/intervals.py [studies]``.

Each simulated study has 60, 200 or 1,000 patients with one to four images each. A patient is ill or not (40 %), an
image agrees with its patient in 85 of 100 cases, and half of the variance of the score is the patient's, so that
the images of a patient are far from independent. The score separates the classes with an AUC of 0.7 or 0.9; the
probabilities made of it are too extreme (calibration slope 0.83) and a little high. The truth is that of 200,000
patients. It prints how often the 95 % interval of each metric holds the truth and on which side it misses, and
writes the table into benchmarks/README.md, with the number of studies. ``--time`` times 10,000 cases.
"""

import sys
import time

import numpy as np
from joblib import Parallel, delayed
from scipy import special, stats
from sklearn import metrics
from timing import machine, table_lines, write_section

from workbench import evaluation

STUDIES, RESAMPLES, PROCESSES = 2000, 500, 4
PATIENTS, AREAS = (60, 200, 1000), (0.7, 0.9)
WANTED = (93, 97)
ILL, AGREEMENT, SHARED = 0.4, 0.85, 0.5


def study(patients: int, area: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    owner = np.repeat(np.arange(patients), rng.integers(1, 5, size=patients))
    ill = rng.random(patients) < ILL
    labels = np.where(rng.random(len(owner)) < AGREEMENT, ill[owner], ~ill[owner])
    apart = np.sqrt(2) * stats.norm.ppf(area)
    own, common = rng.normal(size=len(owner)), rng.normal(size=patients)[owner]
    score = np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own + apart * labels
    share = ILL * AGREEMENT + (1 - ILL) * (1 - AGREEMENT)
    odds = special.logit(share) + apart * (score - apart / 2)
    return labels, special.expit(0.2 + 1.2 * odds), owner


def judge(patients: int, area: float, seed: int) -> np.ndarray:
    labels, said, owner = study(patients, area, np.random.default_rng([seed, patients]))
    found = evaluation.classification(labels, said, groups=owner, positive=True, resamples=RESAMPLES, seed=seed)
    return found.table[["value", "low", "high"]].to_numpy()


def judge_some(patients: int, area: float, seeds: range) -> np.ndarray:
    return np.stack([judge(patients, area, seed) for seed in seeds])


def truth(area: float) -> np.ndarray:
    labels, said, _ = study(200_000, area, np.random.default_rng(0))
    found = evaluation.classification(labels, said, groups=None, positive=True, resamples=1)
    return found.table["value"].to_numpy()


def coverage(studies: int) -> list[str]:
    columns, missed, undefined = {}, [], 0
    for area in AREAS:
        true = truth(area)[:, None]
        for patients in PATIENTS:
            parts = Parallel(PROCESSES)(
                delayed(judge_some)(patients, area, range(start, studies, 4 * PROCESSES))
                for start in range(4 * PROCESSES)
            )
            _, low, high = np.concatenate(parts).transpose(2, 1, 0)
            undefined += int(np.isnan(low).sum())
            above, below = (low > true).mean(axis=1), (high < true).mean(axis=1)
            held = 100 * np.mean((low <= true) & (true <= high), axis=1)
            name = f"{patients} patients, AUC {area}"
            columns[name] = [
                f"{a:.1f} ({100 * b:.1f}, {100 * c:.1f})" for a, b, c in zip(held, above, below, strict=True)
            ]
            missed += [
                f"{metric}, {name}: {share:.1f} %"
                for metric, share in zip(evaluation.METRICS, held, strict=True)
                if not WANTED[0] <= share <= WANTED[1]
            ]
            print(name, *columns[name], sep="; ", file=sys.stderr, flush=True)
    rows = [[name, *cells] for name, *cells in zip(evaluation.METRICS, *columns.values(), strict=True)]
    return [
        f"{studies} simulated studies in each column, {RESAMPLES} resamples of the patients in each study. Cells:",
        "share of studies (%) whose 95 % interval holds the truth (in brackets: lies above it, below it).",
        "",
        *table_lines(["metric", *columns], rows),
        "",
        f"Intervals that do not exist, of {studies * len(rows) * len(columns)}: {undefined}.",
        f"Outside {WANTED[0]} to {WANTED[1]} %: {len(missed) or 'none'}.",
        *(f"- {line}" for line in missed),
    ]


def speed() -> list[str]:
    labels, said, owner = study(4000, 0.8, np.random.default_rng(1))
    options = {"groups": owner, "positive": True, "resamples": 2000}
    evaluation.classification(labels, said, **options)  # compiles
    start = time.perf_counter()
    evaluation.classification(labels, said, **options)
    ours = time.perf_counter() - start
    drawn = evaluation.drawn_patients(4000, resamples=20, seed=0)[1:, owner]
    start = time.perf_counter()
    for weight in drawn:
        metrics.roc_auc_score(labels, said, sample_weight=weight)
        metrics.average_precision_score(labels, said, sample_weight=weight)
    theirs = (time.perf_counter() - start) * 100
    return [
        f"2,000 resamples of {len(labels):,} cases of 4,000 patients: all twelve metrics {ours:.2f} s; AUC and",
        f"average precision alone, one resample after the other with scikit-learn, {theirs:.0f} s.",
    ]


if __name__ == "__main__":
    words = sys.argv[1:]
    if words == ["--time"]:
        print("\n".join(speed()))
        raise SystemExit
    count = int(words[0]) if words else STUDIES
    text = "\n".join([machine(), "", *speed(), "", *coverage(count)])
    print(text)
    write_section("intervals", text)
