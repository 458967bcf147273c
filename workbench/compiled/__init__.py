"""Compiled loops: the few that no library has fast enough. numba compiles each once and caches it on disk.

Each module is imported inside the functions that use it: numba takes a moment to load, and others need not wait.
"""
