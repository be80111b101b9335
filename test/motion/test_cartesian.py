import numpy as np
import pytest
from poses import NOTHING, top_down, wall

from rt_grasp_ros.grasp.errors import NoPlan
from rt_grasp_ros.motion.cartesian import straight_line
from rt_grasp_ros.motion.collision import CollisionChecker
from rt_grasp_ros.motion.planning_scene import PlanningScene


def checker(shape, gripper, points=NOTHING, table_z_m=0.0):
    scene = PlanningScene(points, np.zeros(len(points), bool), table_z_m, gripper.max_opening_m)
    return CollisionChecker(shape, gripper, scene, may_touch_target=False)


def tip(gripper, z_m, x_m=0.5, y_m=0.1):
    return top_down(x_m, y_m, z_m, 0.3) @ np.linalg.inv(gripper.T_tip_grasp)


@pytest.fixture
def above(robot, gripper, kinematics):
    return kinematics.solve_all(tip(gripper, 0.15), robot.home_rad)[0]


def test_the_tip_goes_straight_in_small_steps(gripper, shape, kinematics, above):
    goal = tip(gripper, 0.03)
    line = straight_line(kinematics, checker(shape, gripper), above, goal)
    poses = np.array([kinematics.tip_pose(positions) for positions in line])
    assert np.allclose(poses[:, :2, 3], goal[:2, 3], atol=5e-4)
    assert np.allclose(poses[:, :3, :3], goal[:3, :3], atol=5e-3)
    assert np.allclose(poses[-1], goal, atol=2e-3)
    heights = poses[:, 2, 3]
    assert (np.diff(heights) < 0).all()
    assert 0.0045 < np.abs(np.diff(heights)).mean() < 0.0051
    assert np.abs(np.diff(heights)).max() < 0.0055
    assert np.abs(np.diff(line, axis=0)).max() <= 0.12


def test_a_line_into_the_table_is_refused(gripper, shape, kinematics, above):
    with pytest.raises(NoPlan, match=r"blocked.*table"):
        straight_line(kinematics, checker(shape, gripper), above, tip(gripper, -0.02))


def test_a_line_into_a_neighbour_is_refused(gripper, shape, kinematics, above):
    box = wall(0.1, top_m=0.06)
    with pytest.raises(NoPlan, match=r"blocked.*cloud"):
        straight_line(kinematics, checker(shape, gripper, box), above, tip(gripper, 0.03))


def test_a_line_out_of_reach_is_refused_whole(gripper, shape, kinematics, above):
    with pytest.raises(NoPlan, match="along the straight line"):
        straight_line(kinematics, checker(shape, gripper), above, tip(gripper, 0.15, x_m=1.1))


def test_an_arm_that_touches_something_may_move_away_from_it(robot, gripper, shape, kinematics):
    pressed = checker(shape, gripper, table_z_m=0.02)
    low = kinematics.solve_all(tip(gripper, 0.025), robot.home_rad)[0]
    assert not pressed.is_free(low)
    line = straight_line(kinematics, pressed, low, tip(gripper, 0.12))
    assert pressed.is_free(line[-1])
    with pytest.raises(NoPlan):
        straight_line(kinematics, pressed, low, tip(gripper, -0.06))


def test_an_arm_that_touches_something_may_not_go_through_another_thing(
    robot, gripper, shape, kinematics
):
    pressed = checker(shape, gripper, wall(0.0, top_m=0.2), table_z_m=0.02)
    low = kinematics.solve_all(tip(gripper, 0.025), robot.home_rad)[0]
    assert not pressed.is_free(low)
    with pytest.raises(NoPlan, match=r"blocked.*cloud"):
        straight_line(kinematics, pressed, low, tip(gripper, 0.1, y_m=-0.15))


class Leaping:
    """Kinematics whose solutions lie so far from each other."""

    def __init__(self, kinematics, jump_rad):
        self._kinematics, self._jump_rad = kinematics, jump_rad

    def tip_pose(self, positions_rad):
        return self._kinematics.tip_pose(positions_rad)

    def solve(self, T_base_tip, seed_rad):
        return seed_rad + self._jump_rad


@pytest.mark.parametrize(("jump_rad", "is_refused"), [(0.119, False), (0.121, True)])
def test_a_joint_moves_by_0_12_rad_in_a_step_at_most(
    gripper, shape, kinematics, above, jump_rad, is_refused
):
    goal = kinematics.tip_pose(above)
    goal[2, 3] += 0.004
    leaping = Leaping(kinematics, jump_rad)
    if is_refused:
        with pytest.raises(NoPlan, match="jump"):
            straight_line(leaping, checker(shape, gripper), above, goal)
    else:
        assert len(straight_line(leaping, checker(shape, gripper), above, goal)) == 2


def test_turning_alone_goes_in_steps_of_0_05_rad(gripper, shape, kinematics, above):
    goal = kinematics.tip_pose(above)
    cosine, sine = np.cos(0.4), np.sin(0.4)
    goal[:3, :3] = goal[:3, :3] @ [[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]]
    assert len(straight_line(kinematics, checker(shape, gripper), above, goal)) == 9
