"""Cohorts: tables of cases that read their images lazily, split by patient and audit themselves."""

from .auditing import check_leak
from .boxes import parse_boxes
from .characterizing import characterize
from .cohort import Cohort
from .comparable import comparable
from .errors import CohortError, LeakError
from .external import internal_and_external
from .findings import SEVERITY, listed
from .moments import Moments, moments, pool
from .questions import two_classes
from .reading import SAMPLES, read

__all__ = [
    "SAMPLES",
    "SEVERITY",
    "Cohort",
    "CohortError",
    "LeakError",
    "Moments",
    "characterize",
    "check_leak",
    "comparable",
    "internal_and_external",
    "listed",
    "moments",
    "parse_boxes",
    "pool",
    "read",
    "two_classes",
]
