import time

import numpy as np
import pytest
from poses import NOTHING, top_down, wall

from rt_grasp_ros.grasp.errors import Cancelled, NoPlan
from rt_grasp_ros.motion.backend import never
from rt_grasp_ros.motion.collision import CollisionChecker
from rt_grasp_ros.motion.planner import MARGINS_M, plan
from rt_grasp_ros.motion.planning_scene import PlanningScene


def checker(shape, gripper, points):
    scene = PlanningScene(points, np.zeros(len(points), bool), 0.0, gripper.max_opening_m)
    return CollisionChecker(shape, gripper, scene, may_touch_target=False)


def test_ways_keep_a_centimetre_where_they_can_or_three_millimetres():
    assert MARGINS_M == (0.01, 0.003, 0.0)


@pytest.fixture
def goal(robot, gripper, kinematics):
    pose = top_down(0.5, 0.15, 0.12, 0.0) @ np.linalg.inv(gripper.T_tip_grasp)
    return kinematics.solve_all(pose, robot.home_rad)[0]


def test_the_way_is_straight_where_nothing_is(robot, gripper, shape, goal):
    path = plan(robot, checker(shape, gripper, NOTHING), robot.home_rad, goal, 1.0)
    assert np.allclose(path[0], robot.home_rad)
    assert np.allclose(path[-1], goal)
    direction = (goal - robot.home_rad) / np.linalg.norm(goal - robot.home_rad)
    along = (path - robot.home_rad) @ direction
    assert np.allclose(path, robot.home_rad + along[:, None] * direction)


def test_the_way_leads_around_a_wall_within_limits(robot, gripper, shape, goal):
    walled = checker(shape, gripper, wall(-0.1, top_m=0.35))
    straight = np.stack([robot.home_rad, goal])
    assert not walled.is_path_free(straight)
    path = plan(robot, walled, robot.home_rad, goal, 5.0)
    assert walled.is_path_free(path)
    assert np.allclose(path[0], robot.home_rad)
    assert np.allclose(path[-1], goal)
    assert (path >= robot.lower_rad - 1e-9).all()
    assert (path <= robot.upper_rad + 1e-9).all()


def test_a_goal_in_collision_is_named(robot, gripper, shape, goal):
    with pytest.raises(NoPlan, match=r"goal is in collision.*cloud"):
        plan(robot, checker(shape, gripper, wall(0.15)), robot.home_rad, goal, 1.0)


def test_a_start_in_collision_is_named(robot, gripper, shape, goal):
    with pytest.raises(NoPlan, match="arm stands in collision"):
        plan(robot, checker(shape, gripper, wall(0.15)), goal, robot.home_rad, 1.0)


class Islands:
    """A checker that leaves no way: only the neighbourhoods of two positions are free."""

    def __init__(self, *centres):
        self._centres = np.array(centres)

    def is_free(self, positions, margin_m=0.0):
        return bool(np.abs(self._centres - positions).max(axis=1).min() < 0.2)

    def is_path_free(self, path, margin_m=0.0, is_cancelled=never):
        return False


def test_the_search_ends_in_time(robot, goal):
    start_s = time.monotonic()
    with pytest.raises(NoPlan, match=r"No collision-free way was found in 0\.3 s"):
        plan(robot, Islands(robot.home_rad, goal), robot.home_rad, goal, 0.3)
    assert 0.2 < time.monotonic() - start_s < 10.0


def test_a_search_that_is_cancelled_ends_at_once(robot, goal):
    start_s = time.monotonic()
    with pytest.raises(Cancelled):
        plan(
            robot,
            Islands(robot.home_rad, goal),
            robot.home_rad,
            goal,
            30.0,
            is_cancelled=lambda: time.monotonic() > start_s + 0.2,
        )
    assert time.monotonic() - start_s < 10.0
