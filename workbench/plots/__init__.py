"""Figures in one style; each function takes numbers and returns a figure."""

from .pictures import draw, outline, show, show_labels
from .style import COLORS, STYLE, Figure, blank, figure

__all__ = ["COLORS", "STYLE", "Figure", "blank", "draw", "figure", "outline", "show", "show_labels"]
