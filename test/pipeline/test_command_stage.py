"""The stages' numbers are those that clients of the action were built with."""

import re
from pathlib import Path

from rt_grasp_ros.pipeline.command_stage import CommandStage

ACTION = Path(__file__).parents[2] / "action" / "GraspByCommand.action"
NUMBERS = {
    "FRAME": 0, "MODEL": 1, "GEOMETRY": 2, "VERIFY": 3, "SHOW": 4, "EXECUTION": 5, "CHECKING": 6,
    "PLANNING": 7, "CONFIRMING": 8, "OPENING": 9, "PREGRASP": 10, "APPROACH": 11, "CLOSING": 12,
    "LIFTING": 13, "VERIFYING": 14, "RETREATING": 15, "DONE": 16, "LOOK_AFTER_LIFT": 17,
}  # fmt: skip


def test_no_number_ever_changes():
    assert {stage.name: stage.value for stage in CommandStage} == NUMBERS


def test_they_are_those_of_the_action():
    told = re.findall(r"^uint8 STAGE_(\w+)\s*=\s*(\d+)", ACTION.read_text("utf-8"), re.MULTILINE)
    assert {name: int(number) for name, number in told} == NUMBERS


def test_every_stage_says_what_goes_on():
    assert CommandStage.FRAME.text == "Waiting for a picture ..."
    assert CommandStage.LIFTING.text == "The arm: lifting."
