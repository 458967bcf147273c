"""From many images and regions to one table: in parallel, without stopping at the first failure, resumable."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

import workbench
from workbench.checks import one_of
from workbench.files import replacing
from workbench.images import Image
from workbench.images.history import function_name

from .extraction import FAMILIES, GROUPS, extract
from .texture import AGGREGATIONS

if TYPE_CHECKING:
    import pandas as pd

OPTIONS = tuple(inspect.signature(extract).parameters)[2:]


@runtime_checkable
class ReadByCase(Protocol):
    """What is asked of a cohort, which stands on a floor above: cases, read one by one."""

    @property
    def masks(self) -> list[str]:
        """Names of the columns that hold masks."""

    def __iter__(self) -> Iterator[str]: ...

    def select(self, cases: Iterable[str]) -> ReadByCase:
        """Keep some cases."""

    def identity(self, case: str) -> str:
        """Return a text that changes when one of a case's images or masks changes."""

    def image(self, case: str) -> Image:
        """Read a case's image."""

    def mask(self, case: str, column: str) -> Image:
        """Read one of a case's masks."""


class Extraction(NamedTuple):
    """What `extract_cohort` found.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per region, indexed by ``case`` and ``region``; one column per feature, NaN where a region does not
        define it.
    failures : pandas.DataFrame
        One row per region that could not be measured, with the same index and a column ``error``. Where a case
        could not be read at all, its region is empty.
    """

    table: pd.DataFrame
    failures: pd.DataFrame


def extract_cohort(
    cohort: Any,
    *,
    labels: Mapping[str, int] | None = None,
    folder: str | Path | None = None,
    jobs: int = 1,
    progress: bool = True,
    **options: Any,
) -> Extraction:
    """Measure every region of every case.

    Parameters
    ----------
    cohort : Cohort or iterable of (case, image, masks)
        A cohort is read case by case: its column ``mask`` gives the region ``"mask"``, a column ``mask_liver`` the
        region ``"liver"``. Of anything else, each case is its name, its image, and the name and mask of each
        region; a generator holds one image at a time.
    labels : mapping of str to int, optional
        Region to its label, where masks are label maps.
    folder : str or Path, optional
        Where each case's result is kept as soon as it is there. Called again after an interruption, with the same
        options and unchanged images, what is there is not measured again; what failed is tried again.
    jobs : int, optional
        Processes; -1 for all cores. Where a ``joblib.parallel_config`` is active, its workers do the work.
    progress : bool, optional
        Whether to show how far it is.
    **options
        Of `extract`.

    Returns
    -------
    Extraction
        The table, equal to what `extract` gives one by one, and what failed and why.

    Raises
    ------
    TypeError
        If an option is unknown, or `cohort` is neither.
    ValueError
        If a family or aggregation is unknown, a case comes twice, there is none, or the cohort has no masks.

    Examples
    --------
    >>> image = Image([[1, 2], [3, 4]])
    >>> masks = {"top": [[1, 1], [0, 0]], "none": [[0, 0], [0, 0]]}
    >>> table, failures = extract_cohort([("a", image, masks)], families="intensity_statistics", progress=False)
    >>> table.loc[("a", "top"), "intensity_mean"]
    np.float64(1.5)
    >>> failures.loc[("a", "none"), "error"]
    'ValueError: mask must mark at least one voxel, received an empty one; leave this region out'
    """
    from joblib import Parallel, delayed

    options = _checked(options)
    keep = None if folder is None else _Folder(Path(folder).expanduser(), _settings(options, labels))
    measure = _Measure(dict(labels or {}), options, keep)
    parallel = Parallel(n_jobs=None if jobs == 1 else jobs, return_as="generator")
    results: Iterable[_Result] = parallel(delayed(measure)(*task) for task in _tasks(cohort))
    if progress:
        from tqdm.auto import tqdm

        results = tqdm(results, total=len(cohort) if isinstance(cohort, Sized) else None, unit="case")
    return _assembled(results)


class _Result(NamedTuple):
    case: str
    rows: dict[str, dict[str, float]]
    errors: dict[str, str]


@dataclass(frozen=True)
class _Given:
    """A case that is in memory."""

    image: Any
    masks: Mapping[str, Any]

    def identity(self) -> str:
        return "|".join([_digest(self.image), *(f"{name}:{_digest(mask)}" for name, mask in self.masks.items())])

    def open(self) -> tuple[Any, dict[str, Callable[[], ArrayLike]]]:
        return self.image, {name: partial(_same, mask) for name, mask in self.masks.items()}


@dataclass(frozen=True)
class _Listed:
    """A case of a cohort, of which only this row is sent to another process."""

    cohort: ReadByCase
    case: str

    def identity(self) -> str:
        return self.cohort.identity(self.case)

    def open(self) -> tuple[Any, dict[str, Callable[[], ArrayLike]]]:
        columns = {name.removeprefix("mask_"): name for name in self.cohort.masks}
        image = self.cohort.image(self.case)
        return image, {name: partial(self.cohort.mask, self.case, column) for name, column in columns.items()}


@dataclass(frozen=True)
class _Folder:
    path: Path
    settings: str

    def file(self, case: str, source: _Given | _Listed) -> Path:
        text = f"{self.settings}|{case}|{source.identity()}"
        return self.path / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"


@dataclass(frozen=True)
class _Measure:
    labels: dict[str, int]
    options: dict[str, Any]
    folder: _Folder | None

    def __call__(self, case: str, source: _Given | _Listed) -> _Result:
        try:
            file = None if self.folder is None else self.folder.file(case, source)
            if file is not None and file.exists():
                return _Result(**json.loads(file.read_text()))
            image, masks = source.open()
        except Exception as error:
            # Whatever is wrong with one case, the others are to be measured.
            return _Result(case, {}, {"": _told(error)})
        result = _Result(case, {}, {})
        for name, open_mask in masks.items():
            self._regions(image, name, open_mask, result, alone=len(masks) == 1)
        if file is not None and not result.errors:
            with replacing(file) as temporary:
                temporary.write_text(json.dumps(result._asdict()))
        return result

    def _regions(
        self, image: Any, name: str, open_mask: Callable[[], ArrayLike], result: _Result, *, alone: bool
    ) -> None:
        try:
            mask = open_mask()
        except Exception as error:
            result.errors[name] = _told(error)
            return
        regions = {name: mask}
        if self.labels:
            prefix = "" if alone else f"{name}_"
            regions = {f"{prefix}{region}": _label(mask, label) for region, label in self.labels.items()}
        for region, inside in regions.items():
            try:
                result.rows[region] = _plain(extract(image, inside, **self.options))
            except Exception as error:
                result.errors[region] = _told(error)


def _tasks(cohort: Any) -> Iterator[tuple[str, _Given | _Listed]]:
    seen = set()
    for case, source in _sources(cohort):
        if case in seen:
            raise ValueError(f"case {case!r}: received twice; give each its own name")
        seen.add(case)
        yield case, source
    if not seen:
        raise ValueError("expected at least one case to measure, received none")


def _sources(cohort: Any) -> Iterator[tuple[str, _Given | _Listed]]:
    if isinstance(cohort, ReadByCase):
        if not cohort.masks:
            raise ValueError("the cohort has no masks: give its table a column mask, or mask_ and a region's name")
        for case in cohort:
            yield case, _Listed(cohort.select([case]), case)
        return
    for entry in cohort:
        if not isinstance(entry, tuple) or len(entry) != 3 or not isinstance(entry[2], Mapping):
            raise TypeError(
                "cohort must be a Cohort or give (case, image, {region: mask}) for each case, "
                f"received {type(entry).__name__}"
            )
        case, image, masks = entry
        yield case, _Given(image, masks)


def _checked(options: dict[str, Any]) -> dict[str, Any]:
    for name in options:
        if name not in OPTIONS:
            raise TypeError(f"{name!r} is no option of extract; it has {', '.join(OPTIONS)}")
    one_of(options.get("aggregation", AGGREGATIONS[0]), AGGREGATIONS, name="aggregation")
    families = options.get("families", "all")
    if not isinstance(families, str):
        options = options | {"families": tuple(families)}
    for family in (families,) if isinstance(families, str) else options["families"]:
        one_of(family, ("all", *FAMILIES, *GROUPS), name="family")
    return options


def _settings(options: Mapping[str, Any], labels: Mapping[str, int] | None) -> str:
    filters = {name: _named(function) for name, function in (options.get("filters") or {}).items()}
    plain = sorted((name, repr(value)) for name, value in options.items() if name != "filters")
    return repr((workbench.__version__, plain, filters, sorted((labels or {}).items())))


def _named(function: Callable) -> str:
    name = function_name(function)
    if "<" in name:
        raise ValueError(
            f"a filter must be a function with a name, so that its results can be told apart in the folder, "
            f"received {name}; use functools.partial for its options"
        )
    return f"{name}{getattr(function, 'args', ())}{sorted(getattr(function, 'keywords', {}).items())}"


def _digest(image: Any) -> str:
    array = np.ascontiguousarray(image)
    facts = (image.spacing, image.units, image.channel_axis) if isinstance(image, Image) else ()
    return hashlib.sha256(repr((array.dtype.str, array.shape, facts)).encode() + array.tobytes()).hexdigest()


def _label(mask: ArrayLike, label: int) -> ArrayLike:
    return mask.replace(pixels=mask.pixels == label) if isinstance(mask, Image) else np.asarray(mask) == label


def _plain(row: pd.Series) -> dict[str, float]:
    return dict(zip(map(str, row.index), row.tolist(), strict=True))


def _same(mask: Any) -> Any:
    return mask


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _assembled(results: Iterable[_Result]) -> Extraction:
    import pandas as pd

    index: list[tuple[str, str]] = []
    # Rows as arrays, by their columns: ten thousand rows of Python numbers would take a hundred times the room.
    blocks: dict[tuple[str, ...], list[NDArray]] = {}
    places: dict[tuple[str, ...], list[int]] = {}
    failed: dict[tuple[str, str], str] = {}
    for case, rows, errors in results:
        for region, row in rows.items():
            columns = tuple(row)
            blocks.setdefault(columns, []).append(np.fromiter(row.values(), float, len(row)))
            places.setdefault(columns, []).append(len(index))
            index.append((case, region))
        failed |= {(case, region): error for region, error in errors.items()}
    frames = [
        pd.DataFrame(np.stack(block), index=places[columns], columns=list(columns))
        for columns, block in blocks.items()
    ]
    table = pd.concat(frames).sort_index() if frames else pd.DataFrame()
    table.index = _index(pd, index)
    failures = pd.DataFrame({"error": list(failed.values())}, index=_index(pd, failed), dtype=str)
    return Extraction(table, failures)


def _index(pd: Any, keys: Iterable[tuple[str, str]]) -> pd.MultiIndex:
    return pd.MultiIndex.from_tuples(list(keys), names=["case", "region"])
