"""Picks carried out in the simulated cell: what evaluation counts and training rewards."""
