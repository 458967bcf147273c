"""Training, from the first step to a live curve."""
