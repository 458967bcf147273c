"""Bringing one image onto another: by translation, rigid, affine or deformable alignment."""

from .aligning import align
from .alignment import Alignment
from .correlation import phase_correlation
from .deformation import Deformation
from .errors import RegistrationError
from .grids import Grid
from .storing import load
from .turning import turned

__all__ = ["Alignment", "Deformation", "Grid", "RegistrationError", "align", "load", "phase_correlation", "turned"]
