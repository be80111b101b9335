"""The package's nodes as processes of their own, started and ended together.

They end with the process that started them, too, even if that was killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

from ...grasp.errors import RtGraspError
from ...with_parent import start_with_parent

CELLS_CLOCK: Mapping[str, str | int | float] = MappingProxyType({"use_sim_time": True})
"""Parameters of nodes that work in the simulated cell: they take the time from it."""

CELLS_EXECUTOR: Mapping[str, str | int | float] = MappingProxyType(
    {"autostart": True, **CELLS_CLOCK}
)
"""Parameters of an executor in the cell that brings itself up."""

_STOP_TIMEOUT_S = 8.0
_SHOWN_LOG_CHARACTERS = 600


class NodeDied(RtGraspError):
    """A node's process ended that should have gone on."""

    def __init__(self, node: str, exit_code: int, log: Path) -> None:
        self.node, self.exit_code, self.log = node, exit_code, log
        last = log.read_text(encoding="utf-8", errors="replace").strip()[-_SHOWN_LOG_CHARACTERS:]
        super().__init__(f"{node} ended (exit code {exit_code}); its log {log} ends with: {last}")


class NodeProcesses:
    """Starts nodes, each in a process group of its own, and ends all of them on exit."""

    def __init__(self, log_folder: Path) -> None:
        """Remember where the logs go; nothing is started.

        Args:
            log_folder: made if it is not there; each node writes `NODE.log`.
        """
        log_folder.mkdir(parents=True, exist_ok=True)
        self._log_folder = log_folder
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        node: str,
        parameters: Mapping[str, str | int | float],
        file: Path,
        remappings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Start a node, also one that has ended.

        Args:
            node: such as `sim_node`, which is the module `rt_grasp_ros.ros.sim.sim_node`.
            parameters: set in place of those of the file.
            file: its parameter file.
            remappings: by the name of a topic or service, the one that it gets.
        """
        module = f"rt_grasp_ros.ros.{node.removesuffix('_node')}.{node}"
        command = ["-m", module, "--ros-args", "--params-file", str(file)]
        for name, value in parameters.items():
            # JSON strings are YAML strings: quoted, a text such as "7" stays a text.
            command += [
                "-p",
                f"{name}:={value!r}" if isinstance(value, str) else f"{name}:={value}",
            ]
        for name, other in remappings.items():
            command += ["-r", f"{name}:={other}"]
        with self.log(node).open("wb") as log:
            self._processes[node] = start_with_parent(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )

    def log(self, node: str) -> Path:
        """Return where a node's output goes."""
        return self._log_folder / f"{node}.log"

    def pid(self, node: str) -> int:
        """Return the process id of a node, which is that of its process group."""
        return self._processes[node].pid

    def require_alive(self) -> None:
        """Check that all nodes still run.

        Raises:
            NodeDied: one does not.
        """
        for node, process in self._processes.items():
            exit_code = process.poll()
            if exit_code is not None:
                raise NodeDied(node, exit_code, self.log(node))

    def stop(self) -> None:
        """Ask all nodes to end, and end by force what does not, with its children."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        deadline_s = time.monotonic() + _STOP_TIMEOUT_S
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline_s - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def __enter__(self) -> NodeProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
