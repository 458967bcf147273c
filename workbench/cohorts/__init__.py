"""Cohorts: tables of cases that read their images lazily, split by patient and audit themselves."""

from .auditing import check_leak
from .boxes import parse_boxes
from .cohort import Cohort
from .errors import CohortError, LeakError
from .findings import SEVERITY, listed
from .moments import Moments, moments, pool
from .reading import SAMPLES, read

__all__ = [
    "SAMPLES",
    "SEVERITY",
    "Cohort",
    "CohortError",
    "LeakError",
    "Moments",
    "check_leak",
    "listed",
    "moments",
    "parse_boxes",
    "pool",
    "read",
]
