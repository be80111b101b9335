"""The physics of a scene starts at rest, and weighs what its shapes say."""

import mujoco
import numpy as np
import pytest
from shots import GROUPS

from rt_grasp_ros.sim.scene import random_scene
from rt_grasp_ros.sim.scene_model import build_model


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
