"""Explorers: images moved by hand in a notebook cell, and stills of them in a report."""

from .audit import audit
from .canvas import Canvas, Click
from .classify import classify
from .compare import compare
from .features import features
from .process import process
from .segment import segment
from .showing import Explorer, is_live
from .train import train
from .view import view

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
