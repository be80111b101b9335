"""MoveIt's messages made of plain values, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from geometry_msgs.msg import PoseStamped
from moveit_msgs.action import ExecuteTrajectory, MoveGroup
from moveit_msgs.msg import (
    AllowedCollisionEntry,
    AllowedCollisionMatrix,
    AttachedCollisionObject,
    CollisionObject,
    Constraints,
    JointConstraint,
    PlanningScene,
    RobotState,
    RobotTrajectory,
)
from moveit_msgs.srv import GetCartesianPath, GetPositionIK
from numpy.typing import NDArray
from sensor_msgs.msg import JointState
from shape_msgs.msg import SolidPrimitive
from std_msgs.msg import Header

from ...grasp.errors import NoPlan, RequestInvalid
from ...motion.allowed_collisions import AllowedCollisions
from ...motion.cartesian import STEP_M
from ...motion.robot import RobotProfile
from ...motion.trajectory import Trajectory
from ..messages.motion_conversions import trajectory_from_message, trajectory_to_message
from ..messages.poses import pose_from_matrix
from ..messages.stamps import duration_from_seconds

GOAL_TOLERANCE_RAD = 0.001


def robot_state(robot: RobotProfile, positions_rad: NDArray[np.float64]) -> RobotState:
    """Return a state that differs from the present one by the arm's positions (shape (J,)).

    `is_diff`: without it MoveIt forgets every attached object.
    """
    joints = JointState(name=list(robot.arm_joints), position=positions_rad.tolist())
    return RobotState(joint_state=joints, is_diff=True)


def plan_goal(
    robot: RobotProfile,
    start_rad: NDArray[np.float64],
    goal_rad: NDArray[np.float64],
    *,
    planning_time_s: float,
    scaling: float,
    pipeline: str,
    planner: str,
) -> MoveGroup.Goal:
    """Return the goal of planning (not moving) between joint positions, shape (J,) each."""
    goal = MoveGroup.Goal()
    request = goal.request
    request.group_name = robot.planning_group
    request.start_state = robot_state(robot, start_rad)
    request.goal_constraints = [
        Constraints(
            joint_constraints=[
                JointConstraint(
                    joint_name=joint,
                    position=float(position),
                    tolerance_above=GOAL_TOLERANCE_RAD,
                    tolerance_below=GOAL_TOLERANCE_RAD,
                    weight=1.0,
                )
                for joint, position in zip(robot.arm_joints, goal_rad, strict=True)
            ]
        )
    ]
    request.pipeline_id, request.planner_id = pipeline, planner
    request.num_planning_attempts = 1
    request.allowed_planning_time = planning_time_s
    request.max_velocity_scaling_factor = scaling
    request.max_acceleration_scaling_factor = scaling
    options = goal.planning_options
    options.plan_only = True
    options.planning_scene_diff = scene_diff()
    return goal


def ik_request(
    robot: RobotProfile,
    T_base_tip: NDArray[np.float64],
    seed_rad: NDArray[np.float64],
    timeout_s: float,
) -> GetPositionIK.Request:
    """Return the question for joint positions without collision at a tip pose, shape (4, 4)."""
    request = GetPositionIK.Request()
    ik = request.ik_request
    ik.group_name = robot.planning_group
    ik.robot_state = robot_state(robot, seed_rad)
    ik.avoid_collisions = True
    ik.ik_link_name = robot.tip_frame
    ik.pose_stamped = PoseStamped(header=_in_base(robot), pose=pose_from_matrix(T_base_tip))
    ik.timeout = duration_from_seconds(timeout_s)
    return request


def line_request(
    robot: RobotProfile,
    start_rad: NDArray[np.float64],
    T_base_tip: NDArray[np.float64],
    scaling: float,
) -> GetCartesianPath.Request:
    """Return the question for a straight line of the tip from joint positions to a pose."""
    return GetCartesianPath.Request(
        header=_in_base(robot),
        start_state=robot_state(robot, start_rad),
        group_name=robot.planning_group,
        link_name=robot.tip_frame,
        waypoints=[pose_from_matrix(T_base_tip)],
        max_step=STEP_M,
        avoid_collisions=True,
        max_velocity_scaling_factor=scaling,
        max_acceleration_scaling_factor=scaling,
    )


def execute_goal(trajectory: Trajectory) -> ExecuteTrajectory.Goal:
    """Return the goal of moving along a trajectory."""
    return ExecuteTrajectory.Goal(
        trajectory=RobotTrajectory(joint_trajectory=trajectory_to_message(trajectory))
    )


def trajectory_of(message: RobotTrajectory, robot: RobotProfile) -> Trajectory | None:
    """Return the arm's motion, or None for an empty one: the arm is there already.

    Raises:
        NoPlan: it does not move the arm's joints, or its numbers are not usable.
    """
    try:
        trajectory = trajectory_from_message(message.joint_trajectory)
        return None if trajectory is None else trajectory.of(robot.arm_joints)
    except (RequestInvalid, KeyError) as error:
        raise NoPlan(f"MoveIt's trajectory is not usable ({error}); look at its log.") from error


def scene_diff() -> PlanningScene:
    """Return a change of the scene that changes nothing yet."""
    scene = PlanningScene(is_diff=True)
    scene.robot_state.is_diff = True
    return scene


def boxes_object(
    name: str, frame: str, centres_m: NDArray[np.float64], sizes_m: NDArray[np.float64]
) -> CollisionObject:
    """Return an obstacle made of boxes parallel to a frame, shapes (K, 3), in place of an older."""
    poses = []
    for centre_m in centres_m:
        T_frame_box = np.eye(4)
        T_frame_box[:3, 3] = centre_m
        poses.append(pose_from_matrix(T_frame_box))
    shapes = [SolidPrimitive(type=SolidPrimitive.BOX, dimensions=size.tolist()) for size in sizes_m]
    added = CollisionObject(id=name, primitives=shapes, primitive_poses=poses)
    added.header.frame_id = frame
    added.pose.orientation.w = 1.0
    added.operation = CollisionObject.ADD
    return added


def removed_object(name: str) -> CollisionObject:
    """Return the removal of an obstacle."""
    return CollisionObject(id=name, operation=CollisionObject.REMOVE)


def attached_object(
    name: str, link: str, touching: Sequence[str], operation: bytes
) -> AttachedCollisionObject:
    """Return the attaching (ADD) or detaching (REMOVE) of an obstacle of the scene."""
    return AttachedCollisionObject(
        link_name=link,
        object=CollisionObject(id=name, operation=operation),
        touch_links=list(touching),
    )


def allowed_collisions_from_message(message: AllowedCollisionMatrix) -> AllowedCollisions:
    """Return MoveIt's matrix as plain values."""
    return AllowedCollisions(
        tuple(message.entry_names), tuple(tuple(row.enabled) for row in message.entry_values)
    )


def allowed_collisions_to_message(
    collisions: AllowedCollisions, base: AllowedCollisionMatrix
) -> AllowedCollisionMatrix:
    """Return plain values as MoveIt's matrix, with the defaults of the one they came from."""
    return AllowedCollisionMatrix(
        entry_names=list(collisions.names),
        entry_values=[AllowedCollisionEntry(enabled=list(row)) for row in collisions.allowed],
        default_entry_names=base.default_entry_names,
        default_entry_values=base.default_entry_values,
    )


def _in_base(robot: RobotProfile) -> Header:
    """Return the header of a pose in the base frame; time zero: as TF is now."""
    return Header(frame_id=robot.base_frame)
