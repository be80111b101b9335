"""`rt-grasp data ACTION`: training data, one action a file."""

from __future__ import annotations

import argparse

from . import data_build, data_meshes, data_templates, data_try_grasps

_ACTIONS = (data_build, data_meshes, data_templates, data_try_grasps)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb with its actions."""
    parser = subparsers.add_parser("data", help="build training data")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action in _ACTIONS:
        action.add_action(actions)
