"""The Panda and its hand, loaded once."""

import pytest

from rt_grasp_ros.motion.collision import RobotShape
from rt_grasp_ros.motion.gripper import GripperProfile, load_gripper
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.robot import RobotProfile, load_robot
from rt_grasp_ros.resources import share_path


@pytest.fixture(scope="session")
def robot() -> RobotProfile:
    return load_robot(share_path("config/robots/panda.yaml"))


@pytest.fixture(scope="session")
def gripper() -> GripperProfile:
    return load_gripper(share_path("config/grippers/panda_hand.yaml"))


@pytest.fixture(scope="session")
def kinematics(robot: RobotProfile) -> Kinematics:
    return Kinematics(robot)


@pytest.fixture(scope="session")
def shape(robot: RobotProfile) -> RobotShape:
    return RobotShape(robot)
