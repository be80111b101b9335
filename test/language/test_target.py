"""What a model that points is asked for, through a dialogue."""

import pytest

from rt_grasp_ros.language.target import Step, Target, next_step

MUG = Step(Target("mug"))


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("grasp the mug by its handle", Target("mug", "handle")),
        ("Please hand me the red mug!", Target("red mug")),
        ("take the bottle of mustard", Target("bottle of mustard")),
        ("the handle of the hammer", Target("hammer", "handle")),
        ("grab the coffee mug's handle", Target("coffee mug", "handle")),
        ("something to drink from", Target("something to drink from")),
        ("grasp the leftmost object", Target("object")),
    ],
)
def test_a_command_names_its_target(command, target):
    assert next_step(command, None) == Step(target)


@pytest.mark.parametrize(
    ("command", "step"),
    [
        ("the other one", Step(Target("mug"), is_another=True)),
        ("No, the other mug please", Step(Target("mug"), is_another=True)),
        ("another one", Step(Target("mug"), is_another=True)),
        ("No, the bowl.", Step(Target("bowl"))),
        ("no, the handle", Step(Target("mug", "handle"))),
        ("by its handle", Step(Target("mug", "handle"))),
        ("what about the lid?", Step(Target("mug", "lid"))),
        ("the other end", Step(Target("mug", "other end"))),
        ("take the red one instead", Step(Target("red mug"))),
        ("I meant the hammer", Step(Target("hammer"))),
        ("grasp the pen", Step(Target("pen"))),
    ],
)
def test_a_follow_up_builds_on_what_was_named(command, step):
    assert next_step(command, MUG) == step


def test_a_change_of_the_grasp_keeps_the_target():
    step = next_step("a bit to the left", MUG)
    assert step.target == Target("mug")
    assert (step.refinement.name, step.is_another) == ("move_left_bit", False)


@pytest.mark.parametrize("command", ["how heavy is it?", "not there, there"])
def test_what_is_not_understood_is_none(command):
    assert next_step(command, MUG) is None


def test_the_phrase_asks_for_the_part_as_such():
    assert Target("red mug", "handle").phrase == "handle of the red mug"
    assert Target("red mug").phrase == "red mug"
