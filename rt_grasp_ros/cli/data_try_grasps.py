"""`rt-grasp data try-grasps`: which described grasps of the cell's objects hold in the physics."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from ..grasp.errors import RequestInvalid
from .report import write_json


def add_action(actions: argparse._SubParsersAction) -> None:
    """Add the action."""
    parser = actions.add_parser(
        "try-grasps",
        help="try the described grasp of every part in the physics; a stopped run goes on",
        description="Lifts every part of every object of the cell in the physics, several "
        "instances each, and writes how often the object hung between the fingers. Copied to "
        "rt_grasp_ros/data/tried_grasps.yaml, it decides which parts training data asks for.",
    )
    parser.add_argument(
        "--meshes",
        action="append",
        default=[],
        metavar="DIR",
        help="try the grasps of these meshes instead; written to DIR/tried_meshes.yaml, the result "
        "counts wherever the folder is used; may be repeated",
    )
    parser.add_argument("--tries", type=int, default=3, help="instances of a part (default 3)")
    parser.add_argument("--object", action="append", help="which, may be repeated (default: all)")
    parser.add_argument("--processes", type=int, default=2, help="how many work (default 2)")
    parser.add_argument(
        "--out",
        type=Path,
        help="the file (default out/tried_grasps.yaml, or out/tried_meshes.yaml)",
    )
    parser.add_argument("--json", help="file for the result, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Try; what the file holds already is kept."""
    from ..rollout.grasp_trials import EVERY_PART, try_grasps
    from ..sim.objects import PARTS, UnknownObject

    if arguments.tries < 1 or arguments.processes < 1:
        raise RequestInvalid("Ask for at least one try and one process.")
    if arguments.meshes:
        return _try_meshes(arguments)
    out = arguments.out or Path("out/tried_grasps.yaml")
    wanted = arguments.object or list(PARTS)
    for name in wanted:
        if name not in PARTS:
            raise UnknownObject(name)
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("lifting", total=None)
        trials = try_grasps(
            out,
            arguments.tries,
            arguments.processes,
            [part for part in EVERY_PART if part[0] in wanted],
            lambda done, count: progress.update(task, completed=done, total=count),
        )
    failing = [" ".join(part) for part, one in sorted(trials.items()) if not one.holds]
    usual = [name for name in sorted(PARTS) if f"{name} {PARTS[name][0]}" in failing]
    if arguments.json:
        result = {
            "file": str(out),
            "parts": len(trials),
            "lifted": sum(one.lifted for one in trials.values()),
            "tried": sum(one.tried for one in trials.values()),
            "failing_parts": failing,
            "objects_whose_usual_part_fails": usual,
        }
        write_json(result, arguments.json)
    if arguments.json != "-":
        print(f"{out}: {len(trials)} parts; failing: {', '.join(failing) or 'none'}")
        for name in usual:
            print(f"the usual part of {name} fails: mend its description in rt_grasp_ros/sim/")
    return 0


def _try_meshes(arguments: argparse.Namespace) -> int:
    """Try the grasps of meshes; what the file holds already is kept."""
    from ..rollout.mesh_trials import mesh_key, try_meshes
    from ..sim.meshes.mesh_entry import meshes_in

    out = arguments.out or Path("out/tried_meshes.yaml")
    meshes = [
        mesh
        for mesh in meshes_in(arguments.meshes)
        if mesh.graspable and (not arguments.object or mesh.name in arguments.object)
    ]
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("lifting", total=None)
        tried = try_meshes(
            out,
            meshes,
            arguments.tries,
            arguments.processes,
            lambda done, count: progress.update(task, completed=done, total=count),
        )
    ours = {mesh.name: tried.get(mesh_key(mesh)) for mesh in meshes}
    known = [one for one in ours.values() if one is not None]
    failing = [name for name, one in ours.items() if one is None or 2 * one.lifted < one.tried]
    result = {
        "file": str(out),
        "meshes": len(meshes),
        "lifted": sum(one.lifted for one in known),
        "tried": sum(one.tried for one in known),
        "failing_meshes": failing,
    }
    if arguments.json:
        write_json(result, arguments.json)
    if arguments.json != "-":
        print(f"{out}: {len(meshes)} meshes; failing: {', '.join(failing) or 'none'}")
    return 0
