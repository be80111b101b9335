"""The whole of a path is looked at in the scene, in steps of a fiftieth of a radian."""

from types import SimpleNamespace

import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import Cancelled
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.moveit.scene_checker import SceneChecker

pytestmark = pytest.mark.ros

ROBOT = load_robot(share_path("config/robots/panda.yaml"))
START, END = np.zeros(7), np.full(7, 0.4)


class Scene:
    """Is met by the arm where its second joint is within a band."""

    def __init__(self, low_rad, high_rad):
        self._band_rad = low_rad, high_rad
        self.looked_at = []
        self.current_state = SimpleNamespace(joint_positions={}, update=lambda: None)

    def is_state_colliding(self, state, group):
        assert state is not self.current_state  # the robot's own is not moved about
        assert group == "panda_arm"
        assert tuple(state.joint_positions) == ROBOT.arm_joints
        angle_rad = state.joint_positions["panda_joint2"]
        self.looked_at.append(angle_rad)
        return self._band_rad[0] < angle_rad < self._band_rad[1]


def test_what_stands_in_the_way_is_found_and_nothing_behind_it_is_looked_at():
    scene = Scene(0.2, 0.25)
    blocked_rad = SceneChecker(scene, ROBOT).first_blocked(np.array([START, END]))
    assert 0.2 < blocked_rad[1] < 0.2 + 0.021
    assert scene.looked_at[-1] == blocked_rad[1]
    assert np.diff(scene.looked_at).max() < 0.0201


def test_a_free_path_is_looked_at_from_end_to_end():
    scene = Scene(1.0, 2.0)
    assert SceneChecker(scene, ROBOT).first_blocked(np.array([START, END])) is None
    assert (scene.looked_at[0], scene.looked_at[-1]) == (0.0, pytest.approx(0.4))
    assert 20 <= len(scene.looked_at) <= 60


@pytest.mark.parametrize(("angle_rad", "is_free"), [(0.22, False), (0.3, True)])
def test_positions_are_free_where_the_scene_says_so(angle_rad, is_free):
    checker = SceneChecker(Scene(0.2, 0.25), ROBOT)
    assert checker.is_free(np.full(7, angle_rad)) is is_free


def test_a_stop_ends_the_looking():
    scene = Scene(1.0, 2.0)
    with pytest.raises(Cancelled):
        SceneChecker(scene, ROBOT).first_blocked(
            np.array([START, END]), is_cancelled=lambda: len(scene.looked_at) == 3
        )
    assert len(scene.looked_at) == 3
