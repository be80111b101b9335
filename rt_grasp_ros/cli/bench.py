"""`rt-grasp bench DEVICE`: how fast the model answers, each row beside what a user would run."""

from __future__ import annotations

import argparse

from . import bench_cpu, bench_gpu

_DEVICES = (bench_cpu, bench_gpu)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb with its devices."""
    parser = subparsers.add_parser("bench", help="measure how fast the model answers")
    devices = parser.add_subparsers(dest="device", required=True, metavar="DEVICE")
    for device in _DEVICES:
        device.add_device(devices)
