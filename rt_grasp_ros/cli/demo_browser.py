"""`rt-grasp demo --browser`: the simulated cell behind a page, for as long as one likes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from ..resources import share_path
from ..ros.node.processes import CELLS_CLOCK
from .demo_cell import DemoScene, bring_up, keep_to_this_machine

_ALIVE_POLL_S = 0.5


def show_in_browser(
    commands: Sequence[str], scene: DemoScene, model: str, out: Path, port: int, console: Console
) -> NoReturn:
    """Start the cell and the nodes with the page; Ctrl-C ends them.

    Args:
        commands: name the objects of the scene; the first one stands in the command box.
        scene: what is on the table.
        model: folder of the checkpoint.
        out: gets the nodes' logs.
        port: of the page.
        console: shows progress.

    Raises:
        RtGraspError: a node did not start, or ended.
    """
    keep_to_this_machine()
    from ..ros.node.processes import NodeProcesses
    from ..ros.sim.cell_client import CellClient

    with (
        console.status("starting the simulated cell") as status,
        NodeProcesses(out / "logs") as processes,
        CellClient(processes.require_alive, lambda text: None, lambda stage: None) as client,
    ):
        page = {"port": port, "command": commands[0], **CELLS_CLOCK}
        processes.start("browser_node", page, share_path("config/browser.yaml"))
        bring_up(processes, client, commands, scene, model, status)
        status.update("Ctrl-C ends it")
        console.print(f"open http://127.0.0.1:{port} in your browser")
        while True:
            processes.require_alive()
            time.sleep(_ALIVE_POLL_S)
