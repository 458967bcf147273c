"""Data that is always there: real images carried by dependencies, simulated studies, checked downloads."""

from .catalog import catalog
from .downloads import DownloadError, fetch, public_sets
from .embedded import SAMPLES, Sample, load, wisconsin
from .example_study import write_example_study
from .flawed_study import write_flawed_study
from .locations import PREFIXES, resolve
from .smears import smear
from .studies import study

__all__ = [
    "PREFIXES",
    "SAMPLES",
    "DownloadError",
    "Sample",
    "catalog",
    "fetch",
    "load",
    "public_sets",
    "resolve",
    "smear",
    "study",
    "wisconsin",
    "write_example_study",
    "write_flawed_study",
]
