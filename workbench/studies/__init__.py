"""Studies of one's own: from a folder of images to a table of cases, an audit and a notebook that runs."""

from .commands import again, commands
from .gathering import Gathered, gather
from .patients import patients_in_names
from .readme import next_steps
from .starting import Started, start
from .telling import told

__all__ = [
    "Gathered",
    "Started",
    "again",
    "commands",
    "gather",
    "next_steps",
    "patients_in_names",
    "start",
    "told",
]
