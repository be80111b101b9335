"""Collision bodies of every shape that a URDF has, and links that have none."""

import logging

import coal
import numpy as np
import pinocchio as pin
import pytest

from benchmarks.strangers.made_arm import ARM_LINKS, MadeArm, write_hand
from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.motion.bodies import corners_m
from rt_grasp_ros.motion.cloud import RobotFilter
from rt_grasp_ros.motion.collision import CollisionChecker, RobotShape
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.robot import load_robot

SHAPES = {
    "cylinder": '<cylinder radius="0.05" length="0.2"/>',
    "sphere": '<sphere radius="0.05"/>',
    "capsule": '<capsule radius="0.05" length="0.1"/>',
    "box": '<box size="0.1 0.1 0.2"/>',
}


def shape_with(tmp_path, **shapes):
    return RobotShape(load_robot(MadeArm(shapes=shapes).write(tmp_path)))


@pytest.mark.parametrize("kind", SHAPES)
def test_every_shape_is_collided_with_and_told_from_the_cloud(tmp_path, kind):
    shape = shape_with(tmp_path, link_4=SHAPES[kind])
    hand = load_gripper(write_hand(tmp_path))
    link = shape.model.getFrameId("link_4")
    data = shape.model.createData()
    pin.framesForwardKinematics(shape.model, data, shape.robot.configuration((), np.empty(0)))
    straight = np.zeros(7)
    centre = data.oMf[link].translation
    touching = centre + np.array([0.045, 0.0, 0.0])
    beside = centre + np.array([0.12, 0.0, 0.0])

    def is_free(point):
        scene = PlanningScene(point[None], np.zeros(1, bool), -1.0, 0.08)
        return CollisionChecker(shape, hand, scene, may_touch_target=False).is_free(straight)

    assert not is_free(touching)
    assert is_free(beside)
    points = np.stack([touching, beside])
    kept = RobotFilter(shape, hand).without_robot(points, straight, 0.08)
    assert kept.tolist() == [beside.tolist()]


def test_the_corners_are_around_the_body():
    cylinder = corners_m(coal.Cylinder(0.05, 0.2))
    assert np.linalg.norm(cylinder[:, :2], axis=1).min() >= 0.05
    assert np.linalg.norm(cylinder[:, :2], axis=1).max() < 0.0511
    assert sorted(set(np.abs(cylinder[:, 2]).round(6))) == [0.1]
    sphere = corners_m(coal.Sphere(0.05))
    assert np.ptp(sphere[:, 2]) == pytest.approx(0.1)
    assert np.abs(corners_m(coal.Capsule(0.05, 0.1))[:, 2]).max() == pytest.approx(0.1)
    assert np.ptp(corners_m(coal.Box(1.0, 2.0, 3.0)), axis=0).tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "geometry", [coal.Cylinder(0.05, 0.2), coal.Sphere(0.05), coal.Capsule(0.05, 0.1)]
)
def test_a_round_body_is_within_its_corners_in_every_direction(geometry):
    corners = corners_m(geometry)
    assert corners.shape == (32, 3)
    for angle in np.linspace(0.0, 2 * np.pi, 200):
        reach_m = (corners[:, :2] @ [np.cos(angle), np.sin(angle)]).max()
        assert 0.05 <= reach_m + 1e-9 < 0.0512


def test_an_ellipsoid_is_within_the_eight_corners_of_its_box():
    corners = corners_m(coal.Ellipsoid(0.1, 0.2, 0.3))
    assert len({tuple(corner) for corner in corners.round(9).tolist()}) == 8
    assert np.ptp(corners, axis=0) == pytest.approx([0.2, 0.4, 0.6])


def test_a_link_without_geometry_is_named_and_planned_without(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        shape = shape_with(tmp_path, link_4="")
    assert shape.robot.links_without_shape == ("link_4",)
    assert "made.urdf: link_4." in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        shape_with(tmp_path)
    assert not caplog.text


@pytest.mark.parametrize("gripper", [(), ("hand", "left_finger", "right_finger")])
def test_an_arm_without_any_geometry_is_refused_whatever_its_gripper_has(tmp_path, gripper):
    with pytest.raises(ProfileInvalid, match="link_1, link_2"):
        shape_with(tmp_path, **dict.fromkeys((*ARM_LINKS, *gripper), ""))


@pytest.mark.parametrize(
    ("element", "says"),
    [
        ('<mesh filename="package://nowhere/arm.stl"/>', "link_4.*nowhere/arm.stl"),
        ('<mesh filename="/nowhere/arm.dae"/>', "link_4.*nowhere/arm.dae"),
        ('<box size="0.1 0.1 0"/>', "'link_4'.*size of 0"),
        ('<sphere radius="0"/>', "'link_4'.*size of 0"),
        ('<cylinder radius="0" length="1"/>', "'link_4'.*size of 0"),
    ],
)
def test_geometry_that_is_of_no_use_is_refused_by_its_link(tmp_path, element, says):
    with pytest.raises(ProfileInvalid, match=says):
        shape_with(tmp_path, link_4=element)
