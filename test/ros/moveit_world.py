"""A move_group as clients see it: its actions and services, with faults to order.

It behaves as the real one is known to: cancelling `execute_trajectory` is accepted and does
nothing, the event `stop` ends it as an abort, and the arm's controller then holds the measured
position within one cycle; what others send on the controller's topic replaces the motion, and ends
it as a success when that is over; `compute_cartesian_path` reports success for a part of the line;
a scene change without `is_diff` throws away what is attached.
"""

import threading
import time

import numpy as np
from arm_world import ROBOT, standing_at
from moveit_msgs.action import ExecuteTrajectory, MoveGroup
from moveit_msgs.msg import AllowedCollisionEntry, AllowedCollisionMatrix, CollisionObject
from moveit_msgs.msg import MoveItErrorCodes as Codes
from moveit_msgs.msg import PlanningSceneComponents as Components
from moveit_msgs.srv import ApplyPlanningScene, GetCartesianPath, GetPlanningScene, GetPositionIK
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from rt_grasp_ros.grasp.errors import NoPlan
from rt_grasp_ros.motion.cartesian import _poses_between
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.timing import time_path
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.ros.messages.motion_conversions import trajectory_to_message
from rt_grasp_ros.ros.messages.poses import matrix_from_pose

SERVICES = (
    (GetPositionIK, "compute_ik"),
    (GetCartesianPath, "compute_cartesian_path"),
    (GetPlanningScene, "get_planning_scene"),
    (ApplyPlanningScene, "apply_planning_scene"),
)
HANGS_S = 60.0


def duration_of(message):
    last = message.points[-1].time_from_start
    return last.sec + last.nanosec * 1e-9


OTHER_OBJECT = "somebody_elses_box"


class FakeMoveGroup(Node):
    """Plans straight in joint space and lets the arm's controller follow."""

    def __init__(self, world, **options):
        """Take options of the node; motions take their time by its clock."""
        super().__init__("move_group", context=world.context, **options)
        self._kinematics = Kinematics(ROBOT)
        self._arm = self.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
        self._released = threading.Event()
        self._stopped = threading.Event()
        self.mend()
        group = ReentrantCallbackGroup()
        self.create_subscription(
            String, "trajectory_execution_event", self._hear, 10, callback_group=group
        )
        self._replaced_until_s = None
        self._own = None
        self.create_subscription(
            JointTrajectory,
            "arm_controller/joint_trajectory",
            self._hear_trajectory,
            10,
            callback_group=group,
        )
        self._positions = {}
        self.create_subscription(
            JointState,
            "joint_states",
            lambda state: self._positions.update(zip(state.name, state.position, strict=True)),
            10,
            callback_group=group,
        )
        for kind, name in SERVICES:
            self.create_service(kind, name, getattr(self, f"_{name}"), callback_group=group)
        self._actions = [
            ActionServer(
                self,
                kind,
                name,
                getattr(self, f"_{name}"),
                goal_callback=lambda _, name=name: self._accept(name),
                cancel_callback=lambda _: CancelResponse.ACCEPT,
                callback_group=group,
            )
            for kind, name in (
                (MoveGroup, "move_action"),
                (ExecuteTrajectory, "execute_trajectory"),
            )
        ]

    def mend(self):
        """Answer as a good move_group in an empty scene does."""
        self._released.set()
        self.hanging = set()
        self.refusing = set()
        self.codes = {}
        self.fraction = 1.0
        self.spoil_line = lambda path: path
        self.requests = {}
        self.cancelled = set()
        self.world = {OTHER_OBJECT}
        self.attached = set()
        self.matrix = AllowedCollisionMatrix(
            entry_names=["panda_hand", "panda_link7"],
            entry_values=[AllowedCollisionEntry(enabled=[a, not a]) for a in (False, True)],
        )
        self.matrices = []
        self.stops = 0
        self._stopped.clear()
        self._released = threading.Event()

    def release(self):
        """Let what hangs end."""
        self._released.set()
        self._stopped.set()

    def destroy_node(self):
        self.release()
        for action in self._actions:
            action.destroy()
        super().destroy_node()

    def _accept(self, name):
        return GoalResponse.REJECT if name in self.refusing else GoalResponse.ACCEPT

    def _note(self, name, request):
        """Remember a request, hang where told to, and return the error code to answer with.

        What hung has failed: going on, it would meet the faults that the next test orders.
        """
        self.requests.setdefault(name, []).append(request)
        if name in self.hanging:
            self._released.wait(HANGS_S)
            return Codes.TIMED_OUT
        return self.codes.get(name, Codes.SUCCESS)

    def _start_of(self, state):
        assert state.is_diff, "a state without is_diff throws away what is attached"
        return np.array(
            [
                dict(zip(state.joint_state.name, state.joint_state.position, strict=True))[joint]
                for joint in ROBOT.arm_joints
            ]
        )

    def _move_action(self, goal):
        request = goal.request.request
        self.requests.setdefault("move_action", []).append(goal.request)
        result = MoveGroup.Result()
        result.error_code.val = self.codes.get("move_action", Codes.SUCCESS)
        deadline_s = time.monotonic() + HANGS_S
        while "move_action" in self.hanging and time.monotonic() < deadline_s:
            if goal.is_cancel_requested:
                self.cancelled.add("move_action")
                result.error_code.val = Codes.PREEMPTED
                goal.canceled()
                return result
            if self._released.wait(0.01):
                break
        if result.error_code.val != Codes.SUCCESS:
            goal.abort()
            return result
        constraints = request.goal_constraints[0].joint_constraints
        end = np.array([constraint.position for constraint in constraints])
        start = self._start_of(request.start_state)
        if np.abs(end - start).max() > 1e-3:  # nothing to do: success, and an empty trajectory
            path = time_path(ROBOT, np.linspace(start, end, 8), request.max_velocity_scaling_factor)
            result.planned_trajectory.joint_trajectory = trajectory_to_message(path)
        goal.succeed()
        return result

    def _execute_trajectory(self, goal):
        self._stopped.clear()
        message = goal.request.trajectory.joint_trajectory
        self.requests.setdefault("execute_trajectory", []).append(message)
        result = ExecuteTrajectory.Result()
        result.error_code.val = self.codes.get("execute_trajectory", Codes.SUCCESS)
        self._replaced_until_s = None
        self._publish(message)
        duration_s = duration_of(message)
        if result.error_code.val != Codes.SUCCESS:  # the controller aborts half-way
            time.sleep(duration_s / 2)
            self._hold()
            goal.abort()
            return result
        if "execute_trajectory" in self.hanging:
            duration_s = HANGS_S
        end_s = self._now_s() + duration_s + 0.1
        while self._now_s() < (self._replaced_until_s or end_s):
            if self._stopped.wait(0.01):
                self._hold()
                result.error_code.val = Codes.PREEMPTED
                goal.abort()
                return result
        goal.succeed()
        return result

    def _hold(self):
        self.held_s = time.monotonic()
        self._publish(standing_at([self._positions[name] for name in ROBOT.arm_joints]))

    def _publish(self, message):
        self._own = message
        self._arm.publish(message)

    def _hear_trajectory(self, message):
        if message != self._own:
            self._replaced_until_s = self._now_s() + duration_of(message)

    def _now_s(self):
        return self.get_clock().now().nanoseconds / 1e9

    def _hear(self, message):
        if message.data == "stop":
            self.stops += 1
            self._stopped.set()

    def _compute_ik(self, request, response):
        response.error_code.val = self._note("compute_ik", request)
        if response.error_code.val != Codes.SUCCESS:
            return response
        question = request.ik_request
        assert question.pose_stamped.header.frame_id == ROBOT.base_frame
        seed = self._start_of(question.robot_state)
        found = self._kinematics.solve(matrix_from_pose(question.pose_stamped.pose), seed)
        if found is None:
            response.error_code.val = Codes.NO_IK_SOLUTION
            return response
        response.solution.joint_state.name = ["panda_finger_joint1", *ROBOT.arm_joints]
        response.solution.joint_state.position = [0.04, *found.tolist()]
        return response

    def _compute_cartesian_path(self, request, response):
        response.error_code.val = self._note("compute_cartesian_path", request)
        if response.error_code.val != Codes.SUCCESS:
            return response
        assert request.max_step > 0.0
        path = [self._start_of(request.start_state)]
        start = self._kinematics.tip_pose(path[0])
        poses = _poses_between(start, matrix_from_pose(request.waypoints[0]))
        for pose in poses[: max(1, round(len(poses) * self.fraction))]:
            path.append(self._kinematics.solve(pose, path[-1]))
            if path[-1] is None:
                raise NoPlan("the fake can't follow")
        response.fraction = self.fraction
        positions = self.spoil_line(np.array(path))
        times_s = np.arange(len(positions)) * 0.05 / request.max_velocity_scaling_factor
        line = Trajectory(ROBOT.arm_joints, positions, np.zeros_like(positions), times_s)
        response.solution.joint_trajectory = trajectory_to_message(line)
        return response

    def _get_planning_scene(self, request, response):
        self._note("get_planning_scene", request)
        if request.components.components & Components.ALLOWED_COLLISION_MATRIX:
            response.scene.allowed_collision_matrix = self.matrix
        return response

    def _apply_planning_scene(self, request, response):
        code = self._note("apply_planning_scene", request)
        scene = request.scene
        assert scene.is_diff and scene.robot_state.is_diff
        response.success = code == Codes.SUCCESS
        if not response.success:
            return response
        if scene.allowed_collision_matrix.entry_names:
            self.matrix = scene.allowed_collision_matrix
            self.matrices.append(self.matrix)
        for change in scene.robot_state.attached_collision_objects:
            name = change.object.id
            if change.object.operation == CollisionObject.ADD:
                response.success &= name in self.world
                self.world.discard(name)
                self.attached.add(name)
            else:
                response.success &= name in self.attached
                self.attached.discard(name)
                self.world.add(name)
        for change in scene.world.collision_objects:
            if change.operation == CollisionObject.ADD:
                assert change.header.frame_id == ROBOT.base_frame
                assert len(change.primitives) == len(change.primitive_poses) > 0
                self.world.add(change.id)
            else:
                response.success &= change.id in self.world
                self.world.discard(change.id)
        return response
