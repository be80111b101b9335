from pathlib import Path

import numpy as np
import pytest
import yaml

from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.motion.robot import RobotProfile, load_robot
from rt_grasp_ros.resources import share_path

PANDA = share_path("config/robots/panda.yaml")


def test_limits_are_those_of_the_real_arm(robot: RobotProfile):
    upper = [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973]
    lower = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973]
    assert np.allclose(robot.upper_rad, upper)
    assert np.allclose(robot.lower_rad, lower)


@pytest.mark.sim
def test_home_and_hand_are_those_of_the_simulated_cell(robot: RobotProfile, kinematics):
    import mujoco

    from rt_grasp_ros.sim import panda

    assert np.allclose(robot.home_rad, panda.HOME_POSITION_RAD)
    assert robot.arm_joints == panda.ARM_JOINTS
    spec = mujoco.MjSpec()
    panda.attach_panda(spec)
    model = spec.compile()
    data = mujoco.MjData(model)
    panda.put_at_home(model, data)
    hand = panda.body_pose(data, panda.HAND_BODY)
    assert np.allclose(kinematics.tip_pose(robot.home_rad), hand, atol=1e-4)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"home_rad": [0.0] * 6}, "home_rad"),
        ({"home_rad": [0.0] * 7}, "home_rad"),  # joint 4 can't be at 0
        ({"urdf": "nowhere.urdf"}, "nowhere.urdf"),
        ({"tip_frame": "panda_tail"}, "panda_tail"),
        ({"arm_joints": [f"joint{number}" for number in range(7)]}, "joint0"),
        ({"max_velocity_rad_s": [0.0] * 7}, "max_velocity_rad_s"),
        ({"srdf": None}, "srdf"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(tmp_path: Path, changes: dict, named: str):
    fields = yaml.safe_load(PANDA.read_text())
    fields |= {name: str(PANDA.parent / fields[name]) for name in ("urdf", "srdf")} | changes
    file = tmp_path / "robot.yaml"
    file.write_text(yaml.safe_dump({k: v for k, v in fields.items() if v is not None}))
    with pytest.raises(ProfileInvalid, match=named):
        load_robot(file)
