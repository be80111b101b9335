"""Mutants: what the tests of a file notice of small changes to it."""
