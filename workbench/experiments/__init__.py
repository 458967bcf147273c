"""Experiments: a chapter with parameters, run headless, is its own record."""

from .chapters import ChapterError, available, find
from .parameters import Parameter, ParameterError, parameters
from .recording import record
from .results import recorded, results
from .running import Run, run, run_all
from .status import failure, status

__all__ = [
    "ChapterError",
    "Parameter",
    "ParameterError",
    "Run",
    "available",
    "failure",
    "find",
    "parameters",
    "record",
    "recorded",
    "results",
    "run",
    "run_all",
    "status",
]
