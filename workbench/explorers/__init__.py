"""Explorers: images moved by hand in a notebook cell, and stills of them in a report."""

from .auditor import audit
from .canvas import Canvas
from .classified import classify
from .comparison import compare
from .feature_explorer import features
from .places import Click
from .processor import process
from .segmenter import segment
from .showing import Explorer, is_live
from .trainer import train
from .viewer import view

__all__ = [
    "Canvas",
    "Click",
    "Explorer",
    "audit",
    "classify",
    "compare",
    "features",
    "is_live",
    "process",
    "segment",
    "train",
    "view",
]
