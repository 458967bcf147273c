"""How good a result is: metrics of classifications and of masks."""

from .masks import dice, jaccard

__all__ = ["dice", "jaccard"]
