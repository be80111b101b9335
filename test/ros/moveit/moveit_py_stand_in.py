"""A stand-in for moveit_py with the names and signatures of its bindings (MoveIt 2.12.4).

It knows no collisions but those it is told of, plans straight in joint space, and executes on a
fake robot. What the real one was seen to do and callers do not expect, it does too: it takes the
process's signals, forgets a stop that comes before it has sent a motion, and waits for controllers
that do not answer. The real one itself: test_real_moveit_py.py.
"""

import signal
import sys
import threading
import types
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import yaml
from moveit_msgs.msg import MoveItErrorCodes, RobotTrajectory

from rt_grasp_ros.motion.timing import time_path
from rt_grasp_ros.ros.messages.motion_conversions import (
    trajectory_from_message,
    trajectory_to_message,
)


class RobotState:
    def __init__(self, robot_model):
        self.robot_model = robot_model
        self.joint_positions = {}
        self.attached = {}
        self.updated = False

    def __deepcopy__(self, memo):
        copied = RobotState(self.robot_model)
        copied.attached = dict(self.attached)
        copied.joint_positions = dict(self.joint_positions)
        return copied

    def update(self, force=False, type="all"):
        self.updated = True


class Trajectory:
    def __init__(self, robot_model):
        self.joint_model_group_name = ""
        self.message = RobotTrajectory()

    def set_robot_trajectory_msg(self, robot_state, msg):
        assert robot_state.updated
        self.message = msg

    def get_robot_trajectory_msg(self, joint_filter=()):
        return self.message


class Matrix:
    def __init__(self):
        self.allowed = set()

    def set_entry(self, name1, name2, allowed):
        assert allowed
        self.allowed.add((name1, name2))


class Scene:
    def __init__(self, state, world, is_colliding):
        self.current_state = state
        self.world = world
        self.is_colliding = is_colliding
        self.allowed_collision_matrix = Matrix()

    def __deepcopy__(self, memo):
        state = self.current_state.__deepcopy__(memo)
        return Scene(state, set(self.world), self.is_colliding)

    def apply_collision_object(self, collision_object_msg, color_msg=None):
        name = collision_object_msg.id
        if collision_object_msg.operation == collision_object_msg.ADD:
            self.world.add(name)
        else:
            self.world.remove(name)

    def process_attached_collision_object(self, object):
        """What is attached is no obstacle of the world meanwhile."""
        name, attached = object.object.id, self.current_state.attached
        if object.object.operation == object.object.ADD:
            self.world.remove(name)
            attached[name] = object
        else:
            del attached[name]
            self.world.add(name)

    def is_state_colliding(self, robot_state, joint_model_group_name, verbose=False):
        assert robot_state.updated
        return self.is_colliding(self, robot_state.joint_positions)


class MoveItPy:
    """The one instance; tests order its faults."""

    def __init__(
        self,
        node_name="moveit_py",
        name_space="",
        launch_params_filepaths=(),
        config_dict=None,
        provide_planning_service=True,
        remappings=None,
    ):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        (path,) = launch_params_filepaths
        self.parameters = yaml.safe_load(Path(path).read_text())["/**"]["ros__parameters"]
        if "no_such_robot" in self.parameters:
            raise RuntimeError("Failed to load any planning pipelines")
        self.namespace = name_space
        self.robot, self.io = MoveItPy.robot, MoveItPy.io
        self.world = set()
        self.scene = Scene(RobotState(None), self.world, lambda scene, positions: False)
        self.plans_to_fail = 0
        self.stops = 0
        self.outcome = Status("SUCCEEDED")
        self.done = threading.Event()
        self.is_executing = self.is_sent = False
        self.prepared, self.controller_answers = threading.Event(), threading.Event()
        self.prepared.set()
        self.controller_answers.set()
        MoveItPy.instance = self

    def get_planning_component(self, planning_component_name):
        assert planning_component_name == self.robot.planning_group
        return Component(self)

    def get_planning_scene_monitor(self):
        return self

    def get_trajectory_execution_manager(self):
        return self

    def get_robot_model(self):
        return None

    @contextmanager
    def read_only(self):
        yield self.scene

    read_write = read_only

    def execute(self, robot_trajectory, controllers):
        assert not self.is_executing, "two motions at once would end the process"
        self.done.clear()
        self.is_executing = True
        self.prepared.wait(20.0)
        self.is_sent = True
        self.io.send_arm(trajectory_from_message(robot_trajectory.message.joint_trajectory))
        self.done.wait(20.0)
        self.is_executing = self.is_sent = False
        return self.outcome

    def stop_execution(self, auto_clear=True):
        self.stops += 1
        self.controller_answers.wait(20.0)
        if self.is_sent:
            self.done.set()


class Status:
    def __init__(self, status):
        self.status = status

    def __bool__(self):
        return self.status == "SUCCEEDED"


class Response:
    def __init__(self, trajectory, code):
        self.trajectory = trajectory
        self.error_code = MoveItErrorCodes(val=code)

    def __bool__(self):
        return self.error_code.val == MoveItErrorCodes.SUCCESS


class Component:
    def __init__(self, moveit):
        self._moveit = moveit

    def set_start_state(self, configuration_name=None, robot_state=None):
        self._start = robot_state

    def set_goal_state(self, configuration_name=None, robot_state=None):
        self._goal = robot_state

    def plan(self, single_plan_parameters=None):
        if self._moveit.plans_to_fail > 0:
            self._moveit.plans_to_fail -= 1
            return Response(None, MoveItErrorCodes.PLANNING_FAILED)
        robot = self._moveit.robot
        ends = [
            np.array([state.joint_positions[name] for name in robot.arm_joints])
            for state in (self._start, self._goal)
        ]
        timed = time_path(
            robot, np.linspace(*ends, 8), single_plan_parameters.max_velocity_scaling_factor
        )
        trajectory = Trajectory(None)
        trajectory.message = RobotTrajectory(joint_trajectory=trajectory_to_message(timed))
        return Response(trajectory, MoveItErrorCodes.SUCCESS)


class PlanRequestParameters:
    def __init__(self, moveit, ns):
        self.planning_time = 1.0


class Builder:
    def __init__(self, robot_name, package_name=None):
        self._package_name = package_name

    def moveit_cpp(self):
        return self

    to_moveit_configs = moveit_cpp

    def to_dict(self):
        return {self._package_name: {}}


MODULES = {
    "moveit": {},
    "moveit.core": {},
    "moveit.core.robot_state": {"RobotState": RobotState},
    "moveit.core.robot_trajectory": {"RobotTrajectory": Trajectory},
    "moveit.planning": {"MoveItPy": MoveItPy, "PlanRequestParameters": PlanRequestParameters},
    "moveit_configs_utils": {"MoveItConfigsBuilder": Builder},
}


def install(monkeypatch, robot, io):
    """Let imports of moveit_py find the stand-in for the length of a test."""
    MoveItPy.robot, MoveItPy.io = robot, io
    for name, content in MODULES.items():
        module = types.ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)
    for name in ("moveit_py_backend", "moveit_py_start"):
        monkeypatch.delitem(sys.modules, f"rt_grasp_ros.ros.moveit.{name}", raising=False)
