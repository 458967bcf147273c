"""What a notebook calls: noted in its kernel, so that a report can say which methods were applied, and how.

Public functions of the packages in `WATCHED` are seen through a thin wrapper by the notebook alone: the
workbench's own code, and libraries, get the functions as they are, so that only what the notebook itself asks for
counts, also where it hands a function on. Noted are names, options that are numbers, truth values or words which
the function's own documentation knows, and counts; never an array, a path, or anything that is said of a patient.

This folder is imported in the kernel by its path, and imports nothing that a notebook might want to import first.
"""

from .modules import WATCHED, start
from .notes import METHODS, Notes
from .settings import documented

__all__ = ["METHODS", "WATCHED", "Notes", "documented", "start"]
