"""`rt-grasp evaluate SOURCE`: how good a model is, in the simulated cell and on data sets."""

from __future__ import annotations

import argparse

from . import evaluate_cameras, evaluate_compare, evaluate_pictures, evaluate_sim, evaluate_tabletop

_SOURCES = (evaluate_pictures, evaluate_tabletop, evaluate_sim, evaluate_cameras, evaluate_compare)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb with its sources."""
    parser = subparsers.add_parser("evaluate", help="measure how good a model is")
    sources = parser.add_subparsers(dest="source", required=True, metavar="SOURCE")
    for source in _SOURCES:
        source.add_source(sources)
