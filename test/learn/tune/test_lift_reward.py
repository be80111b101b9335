"""The physics is asked about grasps in scenes that can be built again, and about nothing else."""

from pathlib import Path

import pytest

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.learn.tune import lift_reward
from rt_grasp_ros.learn.tune.conversations import Conversation
from rt_grasp_ros.learn.tune.lift_reward import with_lifts
from rt_grasp_ros.learn.tune.rewards import Reward
from rt_grasp_ros.learn.tune.writing import Written

pytestmark = pytest.mark.torch

SIZE_PX = 256, 192
LEFT, RIGHT = (GraspRectangle(x_px, 96, 0.0, 40, 20, *SIZE_PX) for x_px in (64, 192))
EARNED = Reward(parses=True, hits=True, agrees=False)


def prompt(labels=(LEFT,), scene_seed=7):
    turns = (Turn("grasp the mug", "..."),)
    return Conversation("0", Path("0.jpg"), turns, labels, SIZE_PX, "mug", scene_seed)


def written(text):
    return Written([], [], text)


def grasp(rectangle):
    return written(f"I take it. {GraspNumbers.from_rectangle(rectangle).to_text()}")


@pytest.fixture
def tried(monkeypatch):
    """Let what lies on the left be lifted; return what was asked about."""
    asked = []

    def lifted(trials, processes):
        asked.extend(trials)
        return {trial: trial.rectangle.x_px < SIZE_PX[0] / 2 for trial in trials}

    monkeypatch.setattr(lift_reward, "lifted", lifted)
    return asked


def test_what_is_lifted_earns_more(tried):
    ((left, right),) = with_lifts([[EARNED, EARNED]], [prompt()], [[grasp(LEFT), grasp(RIGHT)]], 1)
    assert left.lifted and not right.lifted
    assert left.total > right.total == EARNED.total
    assert {(trial.scene_seed, trial.object_name) for trial in tried} == {(7, "mug")}


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (prompt(scene_seed=None), grasp(LEFT).text),
        (prompt(labels=()), grasp(LEFT).text),
        (prompt(), "There is no mug in the picture. No grasp."),
        (prompt(), "I take it. x 0.5 y"),
    ],
)
def test_where_nothing_can_be_carried_out_nothing_changes(tried, asked, text):
    assert with_lifts([[EARNED]], [asked], [[written(text)]], 1) == [[EARNED]]
    assert not tried
