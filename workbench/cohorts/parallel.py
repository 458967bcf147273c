"""Calling a function for every case, on as many workers as there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .errors import CohortError


def run(
    function: Callable[[str, Any], Any], tasks: Iterable[tuple[str, Any]], *, jobs: int = 1, progress: bool = False
) -> dict[str, Any]:
    """Call a function for every case.

    Parameters
    ----------
    function : callable
        Called as ``function(case, task)``.
    tasks : iterable of (str, object)
        Cases and what each is given.
    jobs : int, optional
        Processes; -1 for all cores.
    progress : bool, optional
        Whether to show how far it is.

    Returns
    -------
    dict
        Case to what the function returned, in the order of the tasks.

    Raises
    ------
    CohortError
        If a call fails; it names the case and has the cause as ``__cause__``.

    Examples
    --------
    >>> run(lambda case, number: number + 1, [("a", 1), ("b", 2)])
    {'a': 2, 'b': 3}
    """
    from joblib import Parallel, delayed

    tasks = list(tasks)
    # joblib hands a plain int to the backend, None lets an active parallel_config decide.
    parallel = Parallel(n_jobs=None if jobs == 1 else jobs, return_as="generator")
    results = parallel(delayed(_named)(function, case, task) for case, task in tasks)
    if progress:
        from tqdm.auto import tqdm

        results = tqdm(results, total=len(tasks), unit="case")
    return dict(zip((case for case, _ in tasks), results, strict=True))


def _named(function: Callable[[str, Any], Any], case: str, task: Any) -> Any:
    try:
        return function(case, task)
    except Exception as error:
        raise CohortError(f"case {case!r}: {type(error).__name__}: {error}") from error
