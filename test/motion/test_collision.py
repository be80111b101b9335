import dataclasses
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from poses import NOTHING, top_down, wall

from rt_grasp_ros.motion.collision import CollisionChecker, RobotShape, densify
from rt_grasp_ros.motion.planning_scene import PlanningScene, scene_for_grasp


def checker(shape, gripper, points=NOTHING, table_z_m=0.0, touch=False, target=None):
    is_target = np.zeros(len(points), bool) if target is None else target
    scene = PlanningScene(points, is_target, table_z_m, gripper.max_opening_m)
    return CollisionChecker(shape, gripper, scene, may_touch_target=touch)


@pytest.fixture
def over_table(robot, gripper, kinematics):
    """Positions with the fingertips 5 cm over the table's middle."""
    pose = top_down(0.5, 0.0, 0.05, 0.0) @ np.linalg.inv(gripper.T_tip_grasp)
    return kinematics.solve_all(pose, robot.home_rad)[0]


def test_home_is_free(robot, shape, gripper):
    assert checker(shape, gripper).is_free(robot.home_rad, 0.01)


def test_a_wall_is_met_and_no_wall_is_not(shape, gripper, over_table):
    assert checker(shape, gripper).is_free(over_table)
    walled = checker(shape, gripper, wall(0.0))
    assert not walled.is_free(over_table)
    assert any("cloud" in contact for contact in walled.contacts(over_table))


def test_the_target_may_be_touched_where_it_is_allowed(shape, gripper, over_table):
    points = wall(0.0)
    target = np.ones(len(points), bool)
    assert not checker(shape, gripper, points, target=target).is_free(over_table)
    assert checker(shape, gripper, points, touch=True, target=target).is_free(over_table)


def test_the_table_is_solid_but_not_above_itself(shape, gripper, over_table):
    assert checker(shape, gripper, table_z_m=0.03).is_free(over_table)
    assert not checker(shape, gripper, table_z_m=0.06).is_free(over_table)


def test_the_margin_keeps_a_distance(shape, gripper, over_table, kinematics):
    below_hand = kinematics.tip_pose(over_table) @ np.array([0.0, 0.0477, 0.125, 1.0])
    one_point = checker(shape, gripper, below_hand[None, :3])
    assert one_point.is_free(over_table, 0.0)
    assert not one_point.is_free(over_table, 0.03)
    assert one_point.is_free(over_table, 0.0)


def test_the_arm_meets_itself(robot, shape, gripper):
    folded = np.array([0.0, 1.7, 0.0, -3.05, 0.0, 0.0, 0.0])
    found = checker(shape, gripper, table_z_m=-2.0).contacts(folded)
    assert found
    assert all("table" not in contact for contact in found)


def test_a_path_is_looked_at_between_its_points(robot, shape, gripper, over_table):
    away = over_table + np.array([1.2, 0, 0, 0, 0, 0, 0])
    start = over_table - np.array([1.2, 0, 0, 0, 0, 0, 0])
    walled = checker(shape, gripper, wall(0.0))
    assert walled.is_free(start)
    assert walled.is_free(away)
    blocked = walled.first_blocked(np.stack([start, away]))
    assert blocked is not None
    assert not walled.is_free(blocked)
    assert not walled.is_path_free(np.stack([start, away]))
    assert checker(shape, gripper).is_path_free(np.stack([start, away]))


@given(
    st.lists(st.lists(st.floats(-3, 3), min_size=2, max_size=2), min_size=1, max_size=5),
    st.floats(0.01, 1.0),
)
def test_densify_keeps_every_point_and_takes_small_steps(points, step):
    path = np.array(points)
    dense = densify(path, step)
    assert np.abs(np.diff(dense, axis=0)).max(initial=0.0) <= step + 1e-9
    for point in path:
        assert np.abs(dense - point).max(axis=1).min() < 1e-12


def test_a_neighbour_that_is_not_the_target_stays_an_obstacle(shape, gripper, over_table):
    scene = scene_for_grasp(wall(0.0), 0.0, top_down(0.5, 0.2, 0.05, 0.0), 0.08)
    assert not scene.is_target.any()
    assert not CollisionChecker(shape, gripper, scene, may_touch_target=True).is_free(over_table)


def test_meshes_of_other_packages_are_found_by_the_ament_index(robot, tmp_path, monkeypatch):
    share = tmp_path / "share"
    shutil.copytree(robot.urdf.parent / "meshes", share / "arm_description/meshes")
    text = robot.urdf.read_text().replace(
        "package://rt_grasp_ros/config/robots/panda/", "package://arm_description/"
    )
    urdf = tmp_path / "arm.urdf"
    urdf.write_text(text)
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    other = RobotShape(dataclasses.replace(robot, urdf=urdf))
    assert len(other.geometry.geometryObjects) == 17
