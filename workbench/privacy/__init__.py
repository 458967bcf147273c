"""Patient privacy: de-identified copies of DICOM studies, and finding identifiers where they must not be."""

from .deidentification import deidentify
from .scanning import scan
from .trees import PrivacyError
from .watching import leak

__all__ = ["PrivacyError", "deidentify", "leak", "scan"]
