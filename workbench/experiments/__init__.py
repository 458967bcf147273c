"""Experiments: a chapter with parameters, run headless, is its own record."""

from .recording import record

__all__ = ["record"]
