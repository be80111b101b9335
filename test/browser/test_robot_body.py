import numpy as np
import pinocchio as pin
import pytest

from rt_grasp_ros.browser.robot_body import RobotBody
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path


def robot_of(name):
    return load_robot(share_path(f"config/robots/{name}.yaml"))


@pytest.mark.parametrize("name", ["panda", "fr3", "ur5e"])
def test_every_body_is_a_closed_mesh_of_a_links_size(name):
    for mesh in RobotBody(robot_of(name)).meshes:
        assert np.isfinite(mesh.vertices_m).all()
        assert 0.005 < np.ptp(mesh.vertices_m, axis=0).max() < 0.8
        assert mesh.triangles.min() >= 0
        assert mesh.triangles.max() < len(mesh.vertices_m)
        assert all(0 <= channel <= 255 for channel in mesh.colour)


def test_names_are_unique():
    names = [mesh.name for mesh in RobotBody(robot_of("panda")).meshes]
    assert len(set(names)) == len(names) == 11


def test_bodies_move_with_the_joints_and_unknown_joints_are_ignored():
    robot = robot_of("panda")
    body = RobotBody(robot)
    at_home = dict(zip(robot.arm_joints, robot.home_rad, strict=True))
    poses = body.poses(at_home | {"wheel_joint": 3.0})
    [hand] = [i for i, mesh in enumerate(body.meshes) if mesh.name.startswith("panda_hand")]
    np.testing.assert_allclose(poses[hand], Kinematics(robot).tip_pose(robot.home_rad), atol=1e-9)
    turned = body.poses(at_home | {robot.arm_joints[0]: robot.home_rad[0] + 0.5})
    turn = pin.SE3(pin.utils.rotate("z", 0.5), np.zeros(3)).homogeneous
    np.testing.assert_allclose(turned[hand], turn @ poses[hand], atol=1e-9)


def test_the_second_finger_mimics_the_first():
    body = RobotBody(robot_of("panda"))
    left, right = [i for i, mesh in enumerate(body.meshes) if "finger" in mesh.name]
    apart_m = [
        np.linalg.norm(np.subtract(*body.poses({"panda_finger_joint1": q})[[left, right], :3, 3]))
        for q in (0.0, 0.03)
    ]
    assert apart_m[1] - apart_m[0] == pytest.approx(0.06)
