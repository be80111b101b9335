"""How much main memory the perception node holds, with the process that runs its model.

Cell, executor and perception run as processes of their own, as in `rt-grasp demo`. Commands are
sent one after the other and the arm does not move. What is told is the proportional set size (PSS)
of the node and all processes that it started: what they share with others counts by its part. After
each command it is read once the answer is there, the peak every 20 ms meanwhile.

    python -m rt_grasp_ros.bootstrap python -m benchmarks.node_memory --json -
    ... --camera d435 --height-m 0.7 --tilt-deg 30 --command "grasp the toy car" --repeat 5
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rich.console import Console

from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.cli.camera_options import add_camera_options, cameras_of
from rt_grasp_ros.cli.demo_cell import DemoScene, bring_up, keep_to_this_machine

_COMMANDS = (
    "grasp the banana",
    "grasp the red thing",
    "grasp the leftmost object",
    "grasp the cup",
)
_CANDIDATES = 4
_TIMEOUT_S = 240.0
_EVERY_S = 0.02
_SETTLED_S = 1.0  # after an answer: what is given back then is given back


def pss_mb(session: int) -> dict[str, float]:
    """Return the proportional set size of each process of a session, by id and name, megabytes.

    Args:
        session: id of the process that began it.
    """
    found: dict[str, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) != session:
                continue
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    found[f"{_name_of(folder, session)} {folder.name}"] = (
                        int(line.split()[1]) / 1024
                    )
    return found


def _name_of(folder: Path, session: int) -> str:
    if int(folder.name) == session:
        return "node"
    return "model" if b"spawn_main" in (folder / "cmdline").read_bytes() else "helper"


class _Peak:
    """The largest sum seen."""

    def __init__(self, session: int) -> None:
        self._session = session
        self.mb = 0.0
        self._is_over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(_EVERY_S):
            self.mb = max(self.mb, sum(pss_mb(self._session).values()))


def measure(scene: DemoScene, commands: Sequence[str], model: str) -> dict[str, Any]:
    """Return the sizes before the first command, after each and at the peak, megabytes.

    Args:
        scene: on the table of the cell.
        commands: sent in turn.
        model: folder of the checkpoint.
    """
    keep_to_this_machine()
    from rt_grasp_ros.ros.node.processes import NodeProcesses
    from rt_grasp_ros.ros.sim.cell_client import CellClient

    console = Console(stderr=True)
    rows: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        console.status("starting the simulated cell") as status,
        NodeProcesses(Path(folder)) as processes,
        CellClient(processes.require_alive, lambda text: None, lambda stage: None) as client,
    ):
        bring_up(processes, client, commands, scene, model, status)
        session = processes.pid("perception_node")
        time.sleep(_SETTLED_S)
        before = pss_mb(session)
        peak = _Peak(session)
        with peak.watched():
            for command in commands:
                status.update(command)
                reply = client.send(command, _CANDIDATES, _TIMEOUT_S, execute=False)
                time.sleep(_SETTLED_S)
                parts = pss_mb(session)
                rows.append(
                    {
                        "command": command,
                        "error_code": reply.error_code,
                        "pss_mb": round(sum(parts.values()), 1),
                        "parts_mb": {name: round(size, 1) for name, size in parts.items()},
                    }
                )
    return {
        "before_mb": round(sum(before.values()), 1),
        "after_mb": max(row["pss_mb"] for row in rows),
        "peak_mb": round(peak.mb, 1),
        "commands": rows,
        **describe_machine(),
    }


def main() -> int:
    """Return 0."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--command", action="append", help="may be repeated")
    parser.add_argument("--repeat", type=int, default=3, help="all of them so often (default 3)")
    parser.add_argument("--seed", type=int, default=0, help="of the scene (default 0)")
    parser.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    parser.add_argument("--json", help="file for the result, - for standard output")
    add_camera_options(parser)
    arguments = parser.parse_args()
    commands = tuple(arguments.command or _COMMANDS) * max(arguments.repeat, 1)
    scene = DemoScene(arguments.seed, (), cameras_of(arguments))
    result = measure(scene, commands, arguments.model)
    text = json.dumps(result, indent=2) + "\n"
    if arguments.json and arguments.json != "-":
        Path(arguments.json).write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
