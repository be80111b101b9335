"""The table, the neighbours and the target as MoveIt has them, in metres."""

import numpy as np
import pytest

from rt_grasp_ros.motion.planning_scene import PlanningScene

pytestmark = [pytest.mark.ros, pytest.mark.moveit]


def objects_of(points_m, is_target, table_z_m=0.0):
    from rt_grasp_ros.ros.moveit.scene_objects import objects_of as made

    scene = PlanningScene(
        np.array(points_m).reshape(-1, 3), np.array(is_target, bool), table_z_m, 0.08
    )
    return {one.id: one for one in made(scene, "base")}


def test_the_table_lies_two_millimetres_under_where_it_was_seen():
    """It is a slab of 3 m by 3 m, 10 cm thick."""
    for table_z_m in (0.0, 0.2):
        (table,) = objects_of([], [], table_z_m).values()
        assert (table.id, table.header.frame_id) == ("rt_grasp_table", "base")
        assert list(table.primitives[0].dimensions) == [3.0, 3.0, 0.1]
        at = table.primitive_poses[0].position
        assert (at.x, at.y) == (0.0, 0.0)
        assert at.z + 0.1 / 2 == pytest.approx(table_z_m - 0.002)


def test_the_target_is_an_object_of_its_own():
    found = objects_of([[0.5, 0.0, 0.05], [0.2, 0.3, 0.1]], [True, False])
    assert set(found) == {"rt_grasp_table", "rt_grasp_target", "rt_grasp_obstacles"}
    for name, point in (
        ("rt_grasp_target", [0.5, 0.0, 0.05]),
        ("rt_grasp_obstacles", [0.2, 0.3, 0.1]),
    ):
        (pose,), (shape,) = found[name].primitive_poses, found[name].primitives
        middle = np.array([pose.position.x, pose.position.y, pose.position.z])
        assert (np.abs(middle - point) <= np.array(shape.dimensions) / 2 + 1e-9).all()


def test_without_neighbours_there_is_no_object_of_them():
    assert set(objects_of([[0.5, 0.0, 0.05]], [True])) == {"rt_grasp_table", "rt_grasp_target"}
