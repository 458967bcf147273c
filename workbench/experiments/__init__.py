"""Experiments: a chapter with parameters, run headless, is its own record."""

from .chapters import ChapterError, available, find, load
from .checking import check_notebook
from .cluster import ClusterError
from .comparing import best, by_setting, compare, export
from .costs import wall_time
from .differences import diff
from .machine import peak_of
from .parameters import Parameter, ParameterError, parameters
from .pool import Run
from .recording import record
from .results import recorded, results
from .running import run, run_all
from .status import failure, status
from .sweeps import grid, random, sweep

__all__ = [
    "ChapterError",
    "ClusterError",
    "Parameter",
    "ParameterError",
    "Run",
    "available",
    "best",
    "by_setting",
    "check_notebook",
    "compare",
    "diff",
    "export",
    "failure",
    "find",
    "grid",
    "load",
    "parameters",
    "peak_of",
    "random",
    "record",
    "recorded",
    "results",
    "run",
    "run_all",
    "status",
    "sweep",
    "wall_time",
]
