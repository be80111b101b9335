"""Cameras that the cell may have: their lenses, where they hang, and how they mismeasure."""
