import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from rt_grasp_ros.rollout.scripted_pick import LIFT_M, lift_by_script, true_label
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.controller import TrajectoryPoint
from rt_grasp_ros.sim.judge import judge
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes
from rt_grasp_ros.sim.panda import FINGER_JOINTS, OPEN_POSITION_M
from rt_grasp_ros.sim.scene import random_scene
from rt_grasp_ros.sim.scene_model import COLLISION_GROUP, body_name

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def holding():
    """A cell whose hand holds the screwdriver by its handle above the table."""
    with Cell(random_scene(2, ["screwdriver", "apple"])) as cell:
        lift_by_script(cell, true_label(cell, "screwdriver", "handle"))
        yield cell


def test_nothing_is_lifted_at_the_start():
    with Cell(random_scene(2, ["screwdriver", "apple"])) as cell:
        verdict = judge(cell, "apple")
    assert not verdict.lifted
    assert verdict.lifted_object is None
    assert verdict.gripped_part is None
    assert verdict.height_gain_m == pytest.approx(0.0, abs=1e-6)


def test_named_object_and_part_are_held(holding):
    verdict = judge(holding, "screwdriver", "handle")
    assert verdict.lifted
    assert verdict.lifted_object == "screwdriver"
    assert verdict.gripped_part == "handle"
    assert verdict.part_gripped is True
    assert verdict.height_gain_m == pytest.approx(LIFT_M, abs=0.03)


def test_other_part_was_named(holding):
    verdict = judge(holding, "screwdriver", "shaft")
    assert verdict.lifted
    assert verdict.part_gripped is False


def test_other_object_was_named(holding):
    verdict = judge(holding, "apple", "middle")
    assert not verdict.lifted
    assert verdict.lifted_object == "screwdriver"
    assert verdict.height_gain_m < 0.05
    assert verdict.part_gripped is False


def test_object_that_is_not_there(holding):
    verdict = judge(holding, "mug")
    assert not verdict.lifted
    assert verdict.height_gain_m == 0.0


def test_thrown_is_not_lifted():
    with Cell(random_scene(2, ["screwdriver", "apple"])) as cell:
        lift_by_script(cell, true_label(cell, "apple"))
        assert judge(cell, "apple").lifted
        wide = TrajectoryPoint((OPEN_POSITION_M,), 0.1, (0.0,))
        cell.hand_controller.accept(FINGER_JOINTS[:1], [wide], cell.time_s)
        cell.step(0.2)
        assert not judge(cell, "apple").lifted


@pytest.mark.parametrize(("lowest_m", "is_lifted"), [(0.0499, False), (0.0501, True)])
def test_lifted_is_5_cm_and_more(holding, lowest_m, is_lifted):
    data, model = holding.data, holding.model
    of_object = model.geom_bodyid == model.body(body_name(0)).id
    shift_m = lowest_m - judge(holding, "screwdriver").height_gain_m
    data.geom_xpos[of_object, 2] += shift_m  # seen there, and still held
    try:
        verdict = judge(holding, "screwdriver", "handle")
    finally:
        data.geom_xpos[of_object, 2] -= shift_m
    assert verdict.height_gain_m == pytest.approx(lowest_m, abs=1e-9)
    assert verdict.lifted is is_lifted
    assert verdict.part_gripped is is_lifted


def test_it_does_not_matter_which_of_two_that_touch_is_named_first(holding):
    contacts = holding.data.contact.geom
    before = contacts.copy()
    contacts[:] = before[:, ::-1]
    try:
        assert judge(holding, "screwdriver", "handle").part_gripped is True
    finally:
        contacts[:] = before


def test_the_lowest_corner_of_a_tilted_mesh_counts():
    mesh = shipped_meshes()[0]
    with Cell(random_scene(5, [mesh.name], meshes=[mesh])) as cell:
        model, data = cell.model, cell.data
        tilt = Rotation.from_euler("xy", (40, 25), degrees=True).as_matrix()
        lowest_m = []
        for geom in np.flatnonzero(model.geom_bodyid == model.body(body_name(0)).id):
            data.geom_xmat[geom] = (tilt @ data.geom_xmat[geom].reshape(3, 3)).ravel()
            if model.geom_group[geom] == COLLISION_GROUP:
                first = model.mesh_vertadr[model.geom_dataid[geom]]
                count = model.mesh_vertnum[model.geom_dataid[geom]]
                corners = model.mesh_vert[first : first + count]
                z_m = (data.geom_xmat[geom].reshape(3, 3) @ corners.T)[2] + data.geom_xpos[geom, 2]
                lowest_m.append(z_m.min())
        assert judge(cell, cell.scene.objects[0].name).height_gain_m == pytest.approx(min(lowest_m))
