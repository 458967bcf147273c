"""Comparing runs: which setting is best, and which cannot be told from it."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.files import replacing

if TYPE_CHECKING:
    import pandas as pd

PARAMETERS, RESULTS = "parameters.", "results."
BY_INTERVALS = {True: "cannot be told: intervals overlap", False: "worse: intervals apart"}


def best(table: pd.DataFrame, metric: str, *, largest: bool = True) -> pd.Series:
    """Pick the best complete run.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `results`.
    metric : str
        A recorded result.
    largest : bool, optional
        Whether more is better.

    Returns
    -------
    pandas.Series
        Its row. One run is often best by luck: `compare` says so.

    Raises
    ------
    ValueError
        If no complete run recorded it.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"status": ["complete"] * 2, "notebook": ["a", "b"], "results.dice": [0.7, 0.9]})
    >>> best(table, "dice")["notebook"]
    'b'
    """
    complete = _complete(table, metric)
    return complete.sort_values(RESULTS + metric, ascending=not largest, kind="stable").iloc[0]


def by_setting(table: pd.DataFrame, *, repeated: str = "seed") -> pd.DataFrame:
    """Tabulate the mean of each metric for each setting.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `results`.
    repeated : str, optional
        The parameter whose values are repetitions of one setting.

    Returns
    -------
    pandas.DataFrame
        One row for each combination of the parameters that vary, with the number of ``runs`` and a column for each
        metric that is a number.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"status": "complete", "parameters.depth": [2, 2, 3], "results.dice": [0.6, 0.8, 1]})
    >>> by_setting(table)["dice"].tolist()
    [0.7, 1.0]
    """
    complete = table[table["status"] == "complete"]
    groups = complete.groupby(_varying(complete, repeated), dropna=False)
    metrics = complete.filter(regex=f"^{RESULTS}").select_dtypes("number").columns
    means = groups[list(metrics)].mean().rename(columns=lambda name: name.removeprefix(RESULTS))
    means.insert(0, "runs", groups.size())
    means.index.names = [str(name).removeprefix(PARAMETERS) for name in means.index.names]
    return means


def compare(
    table: pd.DataFrame,
    metric: str,
    *,
    largest: bool = True,
    repeated: str = "seed",
    level: float = 0.95,
) -> pd.DataFrame:
    """Rank settings by a metric, and say which cannot be told from the best.

    The repetitions of two settings are compared pairwise where they share seeds (paired t-test), else as two
    samples (Welch's test), at a level shared among all comparisons by Holm's method. Of single runs, intervals
    that a chapter recorded as ``metric_low`` and ``metric_high`` are compared instead. Repetitions tell about the
    chance in training, not about other patients. Of a setting and seed run twice, the later counts.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `results`.
    metric : str
        A recorded result.
    largest : bool, optional
        Whether more is better.
    repeated : str, optional
        The parameter whose values are repetitions of one setting.
    level : float, optional
        Of the intervals and of the verdict.

    Returns
    -------
    pandas.DataFrame
        One row for each setting, best first: ``runs``, ``mean``, ``low``, ``high``, ``p`` of the comparison with
        the best, and ``verdict``: ``"best"``, ``"worse"``, ``"cannot be told from the best"`` or
        ``"unknown: one run"``; of single runs that are compared by their intervals, ``"worse: intervals apart"``
        or ``"cannot be told: intervals overlap"``.

    Raises
    ------
    ValueError
        If no complete run recorded it.

    References
    ----------
    S. Holm: A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics, 1979.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"status": "complete", "parameters.depth": [2, 2, 2, 3, 3, 3, 4, 4, 4],
    ...     "parameters.seed": [0, 1, 2] * 3, "results.dice": [0.1, 0.11, 0.12, 0.8, 0.9, 0.7, 0.81, 0.88, 0.73]})
    >>> compare(table, "dice")["verdict"].to_dict()
    {4: 'best', 3: 'cannot be told from the best', 2: 'worse'}
    """
    import numpy as np
    import pandas as pd

    complete = _complete(table, metric)
    groups: dict[Any, Any] = dict(list(complete.groupby(_varying(complete, repeated), dropna=False)))
    rows = {setting: _interval(group, metric, level) for setting, group in groups.items()}
    order = sorted(rows, key=lambda setting: rows[setting]["mean"], reverse=largest)
    chances = [_chance(groups[order[0]], groups[setting], metric, repeated) for setting in order[1:]]
    worse = _holm(np.array(chances, dtype=float), 1 - level)
    found = pd.DataFrame([rows[setting] for setting in order])
    found["p"] = [float("nan"), *chances]
    found["verdict"] = ["best"] + [
        _verdict(rows[order[0]], rows[setting], chance, bool(told))
        for setting, chance, told in zip(order[1:], chances, worse, strict=True)
    ]
    names = [name.removeprefix(PARAMETERS) for name in _varying(complete, repeated)]
    found.index = (
        pd.MultiIndex.from_tuples(order, names=names) if len(names) > 1 else pd.Index([o[0] for o in order])
    )
    found.index.names = names
    return found


def rule(compared: pd.DataFrame) -> str:
    """Say by what the verdicts of a comparison were reached, and what that does not see.

    Parameters
    ----------
    compared : pandas.DataFrame
        As from `compare`.

    Returns
    -------
    str
        In words.

    Examples
    --------
    >>> import pandas as pd
    >>> rule(pd.DataFrame({"verdict": ["best", "unknown: one run"]}))
    'of one run alone nothing can be told: repeat it with other seeds'
    """
    verdicts = set(compared["verdict"])
    if verdicts & set(BY_INTERVALS.values()):
        return (
            "of one run each, the recorded intervals are compared: worse is where they lie apart. That does not "
            "see that patients may be the same: where intervals overlap, and more so where a value lies outside "
            "the other's interval, the runs may still differ"
        )
    if "unknown: one run" in verdicts:
        return "of one run alone nothing can be told: repeat it with other seeds"
    return (
        "worse is what a t-test over the repetitions (paired where they share seeds), corrected for the number of "
        "comparisons by Holm's method, finds so. That sees the chance in training, not that of the patients"
    )


def export(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table of results for a spreadsheet, a program or a paper.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `results` or `compare`.
    path : str or Path
        ``.csv``, ``.parquet`` or ``.tex``; the last holds parameters and results alone, rounded to three digits.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    ValueError
        If the suffix is another one.
    """
    path = Path(path)
    kept = table.reset_index() if any(table.index.names) else table
    writers: dict[str, Any] = {
        ".csv": lambda temporary: kept.to_csv(temporary, index=False),
        ".parquet": lambda temporary: kept.to_parquet(temporary, index=False),
        ".tex": lambda temporary: temporary.write_text(_latex(kept), encoding="utf-8"),
    }
    if path.suffix not in writers:
        raise ValueError(f"expected a file ending in .csv, .parquet or .tex, received {path.name!r}")
    with replacing(path) as temporary:
        writers[path.suffix](temporary)
    return path


def _complete(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    column = RESULTS + metric
    if column not in table:
        known = [name.removeprefix(RESULTS) for name in table.columns if str(name).startswith(RESULTS)]
        raise ValueError(f"no run recorded {metric!r}; recorded are {', '.join(known) or 'no results at all'}")
    complete = table[(table["status"] == "complete") & table[column].notna()]
    if complete.empty:
        raise ValueError(f"no complete run recorded {metric!r}")
    # The same parameters under another source or version are no repetition.
    given = [name for name in complete.columns if str(name).startswith(PARAMETERS)]
    latest = complete.sort_values("started", kind="stable") if "started" in complete else complete
    return latest.drop_duplicates(given, keep="last") if given else latest


def _varying(table: pd.DataFrame, repeated: str) -> list[str]:
    names = [name for name in table.columns if str(name).startswith(PARAMETERS) and name != PARAMETERS + repeated]
    return [name for name in names if table[name].nunique(dropna=False) > 1] or names[:1]


def _interval(group: pd.DataFrame, metric: str, level: float) -> dict[str, float]:
    from scipy import stats

    values = group[RESULTS + metric].astype(float)
    mean, runs = float(values.mean()), len(values)
    low = high = float("nan")
    if runs > 1:
        half = float(stats.t.ppf((1 + level) / 2, runs - 1) * values.std() / runs**0.5)
        low, high = mean - half, mean + half
    elif {f"{RESULTS}{metric}_low", f"{RESULTS}{metric}_high"} <= set(group.columns):
        low, high = float(group[f"{RESULTS}{metric}_low"].iloc[0]), float(group[f"{RESULTS}{metric}_high"].iloc[0])
    return {"runs": runs, "mean": mean, "low": low, "high": high}


def _chance(first: pd.DataFrame, second: pd.DataFrame, metric: str, repeated: str) -> float:
    from scipy import stats

    column, seeds = RESULTS + metric, PARAMETERS + repeated
    if min(len(first), len(second)) < 2:
        return float("nan")
    if seeds in first:
        one, other = (group.groupby(seeds)[column].mean().astype(float) for group in (first, second))
        difference = (one - other).dropna()
        if len(difference) == len(one) == len(other):
            # Equal differences leave no spread to test against.
            if difference.std() < 1e-12:
                return 1.0 if abs(difference.mean()) < 1e-12 else 0.0
            return float(stats.ttest_1samp(difference, 0).pvalue)
    return float(
        stats.ttest_ind(first[column].astype(float), second[column].astype(float), equal_var=False).pvalue
    )


def _holm(chances: Any, alpha: float) -> Any:
    import numpy as np

    told, known = np.zeros(len(chances), bool), np.flatnonzero(~np.isnan(chances))
    for rank, place in enumerate(known[np.argsort(chances[known])]):
        if chances[place] > alpha / (len(known) - rank):
            break
        told[place] = True
    return told


def _verdict(top: dict[str, float], row: dict[str, float], chance: float, told: bool) -> str:
    if not isnan(chance):
        return "worse" if told else "cannot be told from the best"
    ends = (top["low"], top["high"], row["low"], row["high"])
    if any(map(isnan, ends)):
        return "unknown: one run"
    overlap = top["low"] <= row["high"] and row["low"] <= top["high"]
    return BY_INTERVALS[overlap]


def _latex(table: pd.DataFrame) -> str:
    told = [name for name in table.columns if str(name).startswith((PARAMETERS, RESULTS))]
    kept = table[told] if told else table
    kept = kept.rename(columns=lambda name: str(name).removeprefix(PARAMETERS).removeprefix(RESULTS))
    return str(kept.to_latex(index=False, escape=True, float_format="%.3g", na_rep="--"))
