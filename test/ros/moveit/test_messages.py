"""What MoveIt is asked, number by number, and what of its answers is usable."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import NoPlan
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.resources import share_path

pytestmark = [pytest.mark.ros, pytest.mark.moveit]

ROBOT = load_robot(share_path("config/robots/panda.yaml"))
START = np.linspace(-0.3, 0.3, 7)
GOAL = np.linspace(0.1, 0.7, 7)
POSE = np.array([[0, 1, 0, 0.4], [1, 0, 0, -0.1], [0, 0, -1, 0.2], [0, 0, 0, 1.0]])


@pytest.fixture(scope="module")
def made():
    from rt_grasp_ros.ros.moveit import messages

    return messages


def motion():
    return Trajectory(
        ROBOT.arm_joints, np.array([START, GOAL]), np.zeros((2, 7)), np.array([0.0, 1.5])
    )


def test_a_start_is_a_difference_or_moveit_drops_what_is_held(made):
    state = made.robot_state(ROBOT, START)
    assert state.is_diff
    assert tuple(state.joint_state.name) == ROBOT.arm_joints
    assert state.joint_state.position.tolist() == START.tolist()


def test_a_goal_of_planning_moves_nothing_and_is_met_to_a_thousandth(made):
    goal = made.plan_goal(
        ROBOT, START, GOAL, planning_time_s=2.5, scaling=0.2, pipeline="ompl", planner="RRT"
    )
    request = goal.request
    assert request.group_name == "panda_arm"
    assert request.start_state == made.robot_state(ROBOT, START)
    (constraints,) = request.goal_constraints
    found = [
        (c.joint_name, c.position, c.tolerance_above, c.tolerance_below, c.weight)
        for c in constraints.joint_constraints
    ]
    assert found == [
        (name, angle, 0.001, 0.001, 1.0) for name, angle in zip(ROBOT.arm_joints, GOAL, strict=True)
    ]
    assert (request.pipeline_id, request.planner_id) == ("ompl", "RRT")
    assert request.num_planning_attempts == 1
    assert request.allowed_planning_time == 2.5
    assert request.max_velocity_scaling_factor == request.max_acceleration_scaling_factor == 0.2
    options = goal.planning_options
    assert options.plan_only
    assert options.planning_scene_diff.is_diff
    assert options.planning_scene_diff.robot_state.is_diff


def test_positions_are_asked_for_without_collision_at_the_tip(made):
    ik = made.ik_request(ROBOT, POSE, START, 0.25).ik_request
    assert (ik.group_name, ik.ik_link_name) == (
        "panda_arm",
        "panda_hand",
    )
    assert ik.avoid_collisions
    assert ik.robot_state == made.robot_state(ROBOT, START)
    assert ik.pose_stamped.header.frame_id == "panda_link0"
    at = ik.pose_stamped.pose.position
    assert (at.x, at.y, at.z) == (0.4, -0.1, 0.2)
    assert (ik.timeout.sec, ik.timeout.nanosec) == (0, 250_000_000)


def test_a_line_is_looked_at_every_five_millimetres(made):
    line = made.line_request(ROBOT, START, POSE, 0.1)
    assert line.header.frame_id == "panda_link0"
    assert (line.group_name, line.link_name) == (
        "panda_arm",
        "panda_hand",
    )
    assert line.start_state == made.robot_state(ROBOT, START)
    (waypoint,) = line.waypoints
    assert (waypoint.position.x, waypoint.position.y, waypoint.position.z) == (0.4, -0.1, 0.2)
    assert line.max_step == 0.005
    assert line.avoid_collisions
    assert line.max_velocity_scaling_factor == line.max_acceleration_scaling_factor == 0.1


def test_a_motion_comes_back_as_it_went(made):
    back = made.trajectory_of(made.execute_goal(motion()).trajectory, ROBOT)
    assert back.names == ROBOT.arm_joints
    np.testing.assert_allclose(back.positions, motion().positions)
    np.testing.assert_allclose(back.times_s, [0.0, 1.5])


def test_no_motion_is_none(made):
    empty = made.execute_goal(motion()).trajectory
    empty.joint_trajectory.points.clear()
    assert made.trajectory_of(empty, ROBOT) is None


@pytest.mark.parametrize("fault", ["another joint", "not a number"])
def test_a_motion_that_is_of_no_use_is_no_plan(made, fault):
    message = made.execute_goal(motion()).trajectory
    if fault == "another joint":
        message.joint_trajectory.joint_names[0] = "elbow"
    else:
        message.joint_trajectory.points[0].positions[0] = math.nan
    with pytest.raises(NoPlan, match="MoveIt's trajectory is not usable"):
        made.trajectory_of(message, ROBOT)


def test_boxes_lie_where_they_are_parallel_to_the_frame(made):
    centres, sizes = np.array([[0.1, 0.2, 0.3], [1, 2, 3.0]]), np.array([[0.4, 0.5, 0.6]] * 2)
    added = made.boxes_object("things", "base", centres, sizes)
    assert (added.id, added.header.frame_id) == ("things", "base")
    assert added.operation == added.ADD
    assert (added.pose.orientation.w, added.pose.position.x) == (1.0, 0.0)
    assert [shape.type for shape in added.primitives] == [added.primitives[0].BOX] * 2
    assert [list(shape.dimensions) for shape in added.primitives] == sizes.tolist()
    at = [pose.position for pose in added.primitive_poses]
    assert [[p.x, p.y, p.z] for p in at] == centres.tolist()
    assert [pose.orientation.w for pose in added.primitive_poses] == [1.0, 1.0]


def test_what_is_taken_away_or_held_is_called_by_its_name(made):
    gone = made.removed_object("things")
    assert (gone.id, gone.operation) == ("things", gone.REMOVE)
    held = made.attached_object("things", "hand", ("left", "right"), gone.ADD)
    assert (held.object.id, held.object.operation) == ("things", gone.ADD)
    assert (held.link_name, list(held.touch_links)) == ("hand", ["left", "right"])


def test_allowed_collisions_come_back_with_the_defaults_they_had(made):
    from moveit_msgs.msg import AllowedCollisionEntry, AllowedCollisionMatrix

    matrix = AllowedCollisionMatrix(
        entry_names=["a", "b"],
        entry_values=[
            AllowedCollisionEntry(enabled=[False, True]),
            AllowedCollisionEntry(enabled=[True, False]),
        ],
        default_entry_names=["c"],
        default_entry_values=[True],
    )
    plain = made.allowed_collisions_from_message(matrix)
    assert plain.names == ("a", "b")
    assert plain.allowed == ((False, True), (True, False))
    assert made.allowed_collisions_to_message(plain, matrix) == matrix
