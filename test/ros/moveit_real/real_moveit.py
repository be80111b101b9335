"""The real MoveIt and a Panda for it: configuration, move_group's process, the arm's controller.

The Panda is that of `moveit_resources`; its controller speaks `follow_joint_trajectory`, as
ros2_control's does, and moves a robot that follows exactly.
"""

import functools
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml
from ament_index_python.packages import get_package_prefix
from arm_world import ROBOT, FakeArm
from control_msgs.action import FollowJointTrajectory
from geometry_msgs.msg import TransformStamped
from rclpy.action import ActionServer, CancelResponse
from rclpy.callback_groups import ReentrantCallbackGroup
from std_msgs.msg import Header
from tf2_msgs.msg import TFMessage

PANDA = "moveit_resources_panda"
MOVING_RAD = 0.0005  # between two joint states, 20 ms apart
_KILL_AFTER_S = 10.0


@functools.cache
def panda_parameters():
    """Return what move_group is started with, as the demo of its configuration package does."""
    from moveit_configs_utils import MoveItConfigsBuilder

    builder = MoveItConfigsBuilder(PANDA)
    builder.robot_description("config/panda.urdf.xacro", {})
    builder.robot_description_semantic("config/panda.srdf")
    builder.trajectory_execution("config/moveit_controllers.yaml")
    builder.planning_pipelines(pipelines=["ompl"])
    return builder.to_moveit_configs().to_dict()


class MoveGroupProcess:
    """A move_group of its own process; its log is beside it."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        parameters = Path(self._folder.name, "parameters.yaml")
        parameters.write_text(yaml.safe_dump({"/**": {"ros__parameters": panda_parameters()}}))
        self.log = Path(self._folder.name, "move_group.log")
        program = Path(get_package_prefix("moveit_ros_move_group"))
        program = program / "lib/moveit_ros_move_group/move_group"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [program, "--ros-args", "--params-file", parameters],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(os.environ, OMP_NUM_THREADS="1"),
            )

    def wait_until_ready(self, timeout_s=60.0):
        end_s = time.monotonic() + timeout_s
        while "You can start planning now!" not in self.log.read_text(errors="replace"):
            assert self._process.poll() is None, self.log.read_text(errors="replace")[-3000:]
            assert time.monotonic() < end_s, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.1)

    def send(self, number):
        self._process.send_signal(number)

    def stop(self):
        """End it; MoveIt does not always end by itself."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()


class ControlledArm(FakeArm):
    """A Panda whose arm is driven by an action, too, and that remembers where it was."""

    def __init__(self, world, **options):
        self.way = []
        self.goals_cancelled = 0
        super().__init__(world, **options)
        self._action = ActionServer(
            self,
            FollowJointTrajectory,
            "panda_arm_controller/follow_joint_trajectory",
            self._carry_out,
            cancel_callback=lambda _: CancelResponse.ACCEPT,
            callback_group=ReentrantCallbackGroup(),
        )
        pose = TransformStamped(header=Header(frame_id="world"), child_frame_id=ROBOT.base_frame)
        pose.transform.rotation.w = 1.0
        self._transforms.publish(TFMessage(transforms=[pose]))

    def answer_cancelling_after(self, event):
        """Let whoever cancels a goal wait for an event."""

        def answer(_):
            event.wait(30.0)
            return CancelResponse.ACCEPT

        self._action.register_cancel_callback(answer)

    def destroy_node(self):
        self._action.destroy()
        super().destroy_node()

    def _carry_out(self, goal):
        """As ros2_control: what comes on the topic replaces the motion, and the goal goes on."""
        self._follow_arm(goal.request.trajectory)
        while self._is_moving():
            if goal.is_cancel_requested:
                self.goals_cancelled += 1
                self.hold_measured()
                goal.canceled()
                return FollowJointTrajectory.Result()
            time.sleep(0.005)
        goal.succeed()
        return FollowJointTrajectory.Result()

    def _is_moving(self):
        self._advance()
        return not self.controller.is_at_end

    def _publish(self):
        super()._publish()
        self.way.append((time.monotonic(), self.arm_rad()))

    def stood_after_s(self, moment_s):
        """Return how long after a moment (monotonic) the arm moved last, and its way since, rad."""
        since = [(at_s, rad) for at_s, rad in self.way if at_s > moment_s]
        times_s, positions = np.array([s for s, _ in since]), np.array([rad for _, rad in since])
        moving = np.abs(np.diff(positions, axis=0)).max(axis=1) > MOVING_RAD
        last_s = times_s[1:][moving][-1] - moment_s if moving.any() else 0.0
        return last_s, float(np.abs(positions - positions[0]).max())
