"""Which files are changed, and the tests that have to notice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

PACKAGE = "rt_grasp_ros"

_ROOMS = (
    "grasp",
    "language",
    "motion",
    "pipeline",
    "proposals",
    "proposals/outside",
    "ros/node",
    "ros/executor",
    "ros/moveit",
    "ros/perception",
    "ros/robot",
)
_FILES = (
    "sim/judge.py",
    "model/worker/worker.py",
    "model/worker/worker_child.py",
    "model/worker/worker_messages.py",
    "model/worker/worker_process.py",
)
_LEFT_OUT = {"__init__.py", "draw.py", "error_code.py"}
"""Pictures for people, and names: nothing that decides."""

_FLOW = [
    f"test/pipeline/test_{name}.py"
    for name in ("command_flow", "flow_dialogue", "flow_execution", "flow_stopping", "caller")
]
_MOVE_GROUP = [
    f"test/ros/moveit/test_move_group_{name}.py"
    for name in ("lines", "planning", "motion", "scene", "picks", "lost")
]
_SENTENCES = [
    f"test/language/test_{name}.py" for name in ("readings", "accounted", "plain_commands")
]
_TESTS = {
    "language/follow_up_naming.py": [
        "test/language/test_follow_up_naming.py",
        "test/language/test_follow_up_reading.py",
    ],
    "language/follow_up_words.py": [
        "test/language/test_follow_up_clauses.py",
        "test/language/test_follow_up_reading.py",
    ],
    "pipeline/caller.py": _FLOW,
    "pipeline/command_flow.py": _FLOW,
    "pipeline/command_outcome.py": _FLOW,
    "pipeline/pointed_regions.py": ["test/pipeline/test_pointed.py"],
    "pipeline/surroundings.py": [*_FLOW, "test/pipeline/test_offering.py"],
    "ros/executor/executor_parameters.py": ["test/ros/test_parameter_files.py"],
    "ros/moveit/move_group_backend.py": _MOVE_GROUP,
    "ros/moveit/moveit_py_start.py": ["test/ros/moveit/test_moveit_py_backend.py"],
    "ros/moveit/remote_calls.py": ["test/ros/moveit/test_remote_calls.py", *_MOVE_GROUP],
    "ros/moveit/scene_keeper.py": _MOVE_GROUP,
    "ros/node/profile_parameters.py": ["test/ros/test_parameter_files.py"],
    "ros/perception/command_messages.py": ["test/ros/perception/test_grasp_action.py"],
    "ros/perception/command_runner.py": [
        "test/ros/perception/test_grasp_action.py",
        "test/ros/test_recording.py",
    ],
    "ros/perception/malloc_thresholds.py": ["test/ros/perception/test_perception_process.py"],
    "ros/perception/perception_parameters.py": ["test/ros/test_parameter_files.py"],
    "grasp/grasp.py": ["test/grasp/test_lift.py", "test/grasp/test_verdict.py"],
    "grasp/pointed.py": ["test/grasp/test_pointed_place.py"],
    "motion/fingers.py": ["test/motion/test_embedded.py"],
    "motion/measured_arm.py": ["test/motion/test_embedded.py"],
    "motion/pick_outcome.py": ["test/motion/test_sequence.py"],
    "motion/planner.py": ["test/motion/test_planner.py", "test/motion/test_continuous_joints.py"],
    "motion/profile.py": ["test/motion/test_profiles.py", "test/motion/test_robot.py"],
    "motion/robot_io.py": ["test/motion/test_embedded.py"],
    "model/worker/worker.py": ["test/model/worker"],
    "model/worker/worker_child.py": ["test/model/worker"],
    "model/worker/worker_messages.py": ["test/model/worker"],
    "model/worker/worker_process.py": ["test/model/worker"],
}
"""The tests of files that have none of their name, or others beside them."""

_OF_SENTENCES = (
    "accounted announced asides clause_request clauses exclusions left_beside near_by parse_request"
    " purpose request request_words selection sentence statements target thing_phrase"
)
"""Rules of `language/` that sentences go through: tried by whole sentences, too."""


def targets(root: Path, chosen: Sequence[str]) -> dict[str, list[str]]:
    """Return by file, relative to the package, the test files that are run for it.

    A file's own tests are those of its name; where there are others, they are named above, and
    where there are none, all tests of its room are run.

    Args:
        root: of the checkout.
        chosen: parts of paths, such as `grasp/lift.py` or `motion/`; empty for all.
    """
    package = root / PACKAGE
    files = [
        path.relative_to(package).as_posix()
        for room in _ROOMS
        for path in sorted((package / room).glob("*.py"))
        if path.name not in _LEFT_OUT
    ]
    files += [name for name in _FILES if (package / name).exists()]
    return {
        name: _tests_of(root, name)
        for name in files
        if not chosen or any(part in name for part in chosen)
    }


def _tests_of(root: Path, name: str) -> list[str]:
    path = Path(name)
    own = root / "test" / path.parent / f"test_{path.name}"
    if path.parent.name == "language" and path.stem in _OF_SENTENCES.split():
        mine = [own.relative_to(root).as_posix()] if own.exists() else []
        return [*mine, *(one for one in _SENTENCES if one not in mine)]
    if own.exists() and name not in _TESTS:
        return [own.relative_to(root).as_posix()]
    return _TESTS.get(name, [f"test/{path.parent.as_posix()}"])
