"""`rt-grasp bench WHAT`: how fast the model answers, each row beside what a user would run."""

from __future__ import annotations

import argparse

from . import bench_cpu, bench_gpu, bench_training

_MEASURED = (bench_cpu, bench_gpu, bench_training)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb with what it measures."""
    parser = subparsers.add_parser("bench", help="measure how fast the model answers, or is tuned")
    devices = parser.add_subparsers(dest="device", required=True, metavar="WHAT")
    for measured in _MEASURED:
        measured.add_device(devices)
