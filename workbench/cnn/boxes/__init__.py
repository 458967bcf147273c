"""Boxes: encoded as maps, learned, found, counted."""
