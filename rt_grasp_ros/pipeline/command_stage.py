"""The stages of a command, from the picture to what the arm does."""

from __future__ import annotations

from enum import IntEnum


class CommandStage(IntEnum):
    """Where a command is, numbered in order; the numbers are those of GraspByCommand.action."""

    FRAME = 0
    MODEL = 1
    GEOMETRY = 2
    VERIFY = 3
    SHOW = 4
    EXECUTION = 5
    CHECKING = 6
    PLANNING = 7
    CONFIRMING = 8
    OPENING = 9
    PREGRASP = 10
    APPROACH = 11
    CLOSING = 12
    LIFTING = 13
    VERIFYING = 14
    RETREATING = 15
    DONE = 16
    LOOK_AFTER_LIFT = 17

    @property
    def text(self) -> str:
        """What goes on, in words for people."""
        return _TEXTS.get(self) or f"The arm: {self.name.lower()}."


_TEXTS = {
    CommandStage.FRAME: "Waiting for a picture ...",
    CommandStage.MODEL: "Looking at the picture ...",
    CommandStage.GEOMETRY: "Measuring the grasp ...",
    CommandStage.VERIFY: "Looking at the grasp once more ...",
    CommandStage.SHOW: "Showing what was found ...",
    CommandStage.EXECUTION: "Waiting for the executor ...",
    CommandStage.LOOK_AFTER_LIFT: "Looking at what is in the gripper ...",
}
