"""Scenes are the same for the same seed, and as they were asked for."""

import pytest

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.sim.objects import HELD_OUT
from rt_grasp_ros.sim.placement import X_RANGE_M, Y_RANGE_M
from rt_grasp_ros.sim.scene import random_scene

SEEDS = range(20)


def test_a_seed_draws_the_same_scene_and_another_seed_another():
    assert random_scene(11) == random_scene(11)
    assert random_scene(11) != random_scene(12)


def test_a_scene_is_the_same_on_every_machine():
    banana, mug = random_scene(7, ("banana", "mug")).objects
    assert (banana.colour_name, mug.colour_name) == ("yellow", "purple")
    assert (banana.x_m, banana.yaw_rad) == pytest.approx((0.531511, -2.917407), abs=1e-6)
    assert (mug.x_m, mug.yaw_rad) == pytest.approx((0.504169, 2.621142), abs=1e-6)


def test_random_scenes_show_one_to_six_distinct_known_objects():
    counts = set()
    for seed in SEEDS:
        names = [placed.name for placed in random_scene(seed).objects]
        counts.add(len(names))
        assert len(set(names)) == len(names)
        assert not set(names) & set(HELD_OUT)
    assert counts == {1, 2, 3, 4, 5, 6}


def test_names_and_count_are_obeyed():
    assert [o.name for o in random_scene(0, ["mug", "carrot"]).objects] == ["mug", "carrot"]
    assert len(random_scene(0, count=4).objects) == 4


@pytest.mark.parametrize(
    ("names", "count"),
    [([], None), (None, 0), (None, 7), (["mug"], 2), (["unicorn"], None), (["mug"] * 7, None)],
)
def test_what_can_not_be_drawn_is_refused(names, count):
    with pytest.raises(RequestInvalid, match=r"unicorn|1 to 6"):
        random_scene(0, names, count)


def test_objects_lie_in_the_work_space():
    for seed in SEEDS:
        for placed in random_scene(seed).objects:
            assert X_RANGE_M[0] <= placed.x_m <= X_RANGE_M[1]
            assert Y_RANGE_M[0] <= placed.y_m <= Y_RANGE_M[1]


def test_part_ids_are_one_for_each_part_of_each_object():
    scene = random_scene(0, ("mug", "banana", "apple"))
    assert scene.part_ids == {
        (0, "handle"): 1,
        (0, "rim"): 2,
        (1, "middle"): 3,
        (1, "end"): 4,
        (2, "body"): 5,
    }
