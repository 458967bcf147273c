"""Sweeps: one chapter, many settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .parameters import Value
from .planning import plan
from .pool import Run, finish
from .running import RUNS

if TYPE_CHECKING:
    import pandas as pd

Settings = Iterable[Mapping[str, Any]]


def grid(**values: Sequence[Value]) -> list[dict[str, Value]]:
    """Combine each value of each parameter with all others.

    Parameters
    ----------
    **values
        Parameter to its values.

    Returns
    -------
    list of dict
        Settings for `sweep`; the last parameter varies fastest.

    Examples
    --------
    >>> grid(depth=[2, 3], width=[8])
    [{'depth': 2, 'width': 8}, {'depth': 3, 'width': 8}]
    """
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


def random(number: int, *, seed: int = 0, **values: Any) -> list[dict[str, Value]]:
    """Draw settings at random, which finds good ones sooner than a grid where few parameters matter.

    Parameters
    ----------
    number : int
        How many settings.
    seed : int, optional
        Another seed draws others.
    **values
        Parameter to its values, or to a distribution of `scipy.stats`, such as ``loguniform(1e-4, 1e-1)``.

    Returns
    -------
    list of dict
        Settings for `sweep`.

    References
    ----------
    J. Bergstra, Y. Bengio: Random search for hyper-parameter optimization. Journal of Machine Learning Research,
    2012.

    Examples
    --------
    >>> settings = random(5, depth=[2, 3, 4], seed=1)
    >>> len(settings), {setting["depth"] for setting in settings} <= {2, 3, 4}
    (5, True)
    """
    import numpy as np
    from sklearn.model_selection import ParameterSampler

    # One value at a time, because the sampler itself would not draw a setting of short lists twice.
    rng = np.random.RandomState(seed)
    draws = (next(iter(ParameterSampler(values, 1, random_state=rng))) for _ in range(number))
    return [{name: value.item() if hasattr(value, "item") else value for name, value in d.items()} for d in draws]


def sweep(
    chapter: str | Path,
    settings: Settings | pd.DataFrame,
    *,
    folder: str | Path = RUNS,
    jobs: int = 1,
    scheduler: str | None = None,
    force: bool = False,
    timeout: float | None = None,
    retries: int = 2,
    threads: int | None = None,
    progress: bool = True,
    **fixed: Value,
) -> list[Run]:
    """Run a chapter with many settings; what was done before is not done again.

    Parameters
    ----------
    chapter : str or Path
        Its name, or the path of any notebook.
    settings : iterable of mapping, or pandas.DataFrame
        Parameter to value, one mapping or one row for each run: see `grid` and `random`.
    folder : str or Path, optional
        Of the records; a path, or a URL that fsspec understands.
    jobs : int, optional
        How many run at a time; fewer while memory is short.
    scheduler : str, optional
        Address of a Dask cluster that does the runs instead of this machine.
    force : bool, optional
        Do also what was done before.
    timeout : float, optional
        Seconds after which a run is stopped.
    retries : int, optional
        How often a run is begun anew because its kernel was killed.
    threads : int, optional
        Of the libraries in each run; part of a run's identity, because results are rounded differently.
    progress : bool, optional
        Show a progress bar.
    **fixed
        Parameters that are the same in all runs.

    Returns
    -------
    list of Run
        In the order of `settings`. The same call after an interruption does what is missing.

    Raises
    ------
    ParameterError, ChapterError
        If anything is wrong with any setting; nothing is started then.
    """
    rows: Any = settings.to_dict("records") if hasattr(settings, "to_dict") else list(settings)
    planned = plan(((chapter, {**fixed, **row}) for row in rows), timeout=timeout, threads=threads)
    if scheduler is not None:
        from .cluster import finish_on

        return finish_on(scheduler, planned, folder, force=force, retries=retries, progress=progress)
    return finish(planned, folder, jobs_at_a_time=jobs, force=force, retries=retries, progress=progress)
