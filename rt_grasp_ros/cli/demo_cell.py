"""The simulated cell with perception and executor, brought up by `rt-grasp demo`."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.status import Status

from ..language.vocabulary import load_vocabulary
from ..resources import share_path
from ..ros.node.processes import CELLS_CLOCK

if TYPE_CHECKING:
    from ..ros.node.processes import NodeProcesses
    from ..ros.sim.cell_client import CellClient

_OBJECT_COUNT = 4
_START_TIMEOUT_S = 120.0
_LOAD_TIMEOUT_S = 180.0


def keep_to_this_machine() -> None:
    """Choose a ROS domain of our own, so that nothing can move a real arm; before rclpy.

    Fast DDS gets room for pictures in shared memory, unless the user has profiles of their own.
    """
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    os.environ["ROS_DOMAIN_ID"] = str(1 + os.getpid() % 100)
    for version_2_or_3 in ("FASTRTPS", "FASTDDS"):
        profiles = str(share_path("config/fastdds.xml"))
        os.environ.setdefault(f"{version_2_or_3}_DEFAULT_PROFILES_FILE", profiles)


def bring_up(
    processes: NodeProcesses,
    client: CellClient,
    commands: Sequence[str],
    seed: int,
    model: str,
    status: Status,
) -> None:
    """Start cell, executor and perception, and return once commands are taken.

    Args:
        processes: runs them.
        client: waits for them.
        commands: the known objects that they name are in the scene.
        seed: draws the scene.
        model: folder of the checkpoint.
        status: shows progress.

    Raises:
        RtGraspError: a node did not start.
    """
    named = [name for name in map(named_object, commands) if name is not None]
    objects = objects_for(dict.fromkeys(named), seed)
    scene: dict[str, str | int | float] = {"seed": seed, "object_names": ",".join(objects)}
    processes.start("sim_node", scene, share_path("config/sim.yaml"))
    processes.start("executor_node", CELLS_CLOCK, share_path("config/executor_cell.yaml"))
    perception = {"model_dir": model, **CELLS_CLOCK}
    processes.start("perception_node", perception, share_path("config/perception.yaml"))
    client.wait_for_cell_and_executor(_START_TIMEOUT_S)
    status.update("loading the model")
    client.activate_perception(_LOAD_TIMEOUT_S)


def named_object(command: str) -> str | None:
    """Return the catalogue's name of the object that a command names, if it is a known one."""
    found = [
        (len(word), name)
        for name, words in load_vocabulary().objects.items()
        for word in words.names
        if re.search(rf"\b{re.escape(word)}\b", command, re.IGNORECASE)
    ]
    return max(found)[1] if found else None


def objects_for(named: Collection[str], seed: int) -> list[str]:
    """Return which objects to put on the table: the named ones among others that fit beside them.

    Args:
        named: known objects, each once.
        seed: draws the others.
    """
    from ..sim.objects import SEEN
    from ..sim.placement import NoRoom
    from ..sim.scene import MAX_OBJECTS, random_scene

    if not named:
        return [placed.name for placed in random_scene(seed).objects]
    others = [name for name in SEEN if name not in named]
    drawn = np.random.default_rng(seed).permutation(others)
    names = [*named, *drawn[: max(0, _OBJECT_COUNT - len(named))].tolist()][:MAX_OBJECTS]
    while True:
        try:
            random_scene(seed, names)
        except NoRoom:
            names.pop()
        else:
            return names
