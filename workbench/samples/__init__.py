"""Data that is always there: real images carried by dependencies, simulated studies, checked downloads."""

from .catalog import catalog
from .downloads import DownloadError, downloaded, fetch, public_sets
from .embedded import SAMPLES, Sample, load, wisconsin
from .example_study import write_example_study
from .flawed_study import write_flawed_study
from .lesions import lesion_study
from .locations import PREFIXES, resolve
from .scanners import other_scanner
from .smears import smear
from .studies import study

__all__ = [
    "PREFIXES",
    "SAMPLES",
    "DownloadError",
    "Sample",
    "catalog",
    "downloaded",
    "fetch",
    "lesion_study",
    "load",
    "other_scanner",
    "public_sets",
    "resolve",
    "smear",
    "study",
    "wisconsin",
    "write_example_study",
    "write_flawed_study",
]
