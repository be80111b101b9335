import mujoco
import numpy as np
import pytest
from shots import GROUPS

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.sim.objects import HELD_OUT
from rt_grasp_ros.sim.placement import X_RANGE_M, Y_RANGE_M
from rt_grasp_ros.sim.scene import build_model, random_scene

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


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_nothing_moves_or_overlaps_when_physics_starts(names):
    model = build_model(random_scene(3, names), with_robot=False)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    assert not data.ncon or data.contact.dist[: data.ncon].min() > -1e-4
    before = data.qpos.reshape(-1, 7).copy()
    mujoco.mj_step(model, data, nstep=500)
    after = data.qpos.reshape(-1, 7)
    assert np.linalg.norm(after[:, :3] - before[:, :3], axis=1).max() < 0.001
    assert np.abs((after[:, 3:] * before[:, 3:]).sum(axis=1)).min() > np.cos(np.radians(0.5) / 2)


def test_the_physics_is_set_up_for_holding_on():
    model = build_model(random_scene(0, ("mug",)), with_robot=False)
    assert model.opt.cone == mujoco.mjtCone.mjCONE_ELLIPTIC
    assert model.opt.impratio == 10
    assert model.opt.timestep == 0.002
    colliding = model.geom_contype > 0
    assert np.all(model.geom_condim[colliding] == 4)
    assert np.all(model.geom_friction[colliding, 0] == 1.0)


def test_an_object_weighs_what_its_shape_says():
    scene = random_scene(0, ("hammer", "spoon"))
    model = build_model(scene, with_robot=False)
    for index, placed in enumerate(scene.objects):
        assert model.body(f"object{index}").mass[0] == pytest.approx(placed.shape.mass_kg)
