"""The real moveit_py for a Panda: its configuration package, and our backend in its own process.

moveit_py keeps every Python thread of its process waiting while it starts and while it plans, so
the arm has to be in another one.
"""

import multiprocessing
import os
import shutil
from unittest import mock

import rclpy
import yaml
from ament_index_python.packages import get_package_share_directory
from arm_world import ROBOT
from moveit_tasks import GRIPPER, SPEED
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.utilities import get_default_context
from std_srvs.srv import Trigger

from rt_grasp_ros.grasp.errors import RtGraspError
from rt_grasp_ros.motion.embedded import MotionSettings
from rt_grasp_ros.ros.rclpy_fixes.spinner import Spinner
from rt_grasp_ros.ros.robot.robot_topics import RobotTopics
from rt_grasp_ros.with_parent import end_with_parent

PACKAGE = "panda_for_moveit_py"
UPSTREAMS_PACKAGE = "moveit_resources_panda_moveit_config"
MOVEIT_CPP = {
    "planning_scene_monitor_options": {"wait_for_initial_state_timeout": 10.0},
    "planning_pipelines": {"pipeline_names": ["ompl"]},
    "plan_request_params": {"planning_pipeline": "ompl"},
}
_TIMEOUT_S = 120.0


def make_config_package(prefix):
    """Make the Panda's configuration package with the `moveit_cpp.yaml` that upstream's lacks."""
    share = prefix / "share" / PACKAGE
    shutil.copytree(get_package_share_directory(UPSTREAMS_PACKAGE), share)
    (share / "config/moveit_cpp.yaml").write_text(yaml.safe_dump(MOVEIT_CPP))
    marker = prefix / "share/ament_index/resource_index/packages" / PACKAGE
    marker.parent.mkdir(parents=True)
    marker.touch()


def environment_with(prefix):
    """Return this process's environment in which the packages of a prefix are found, too."""
    return os.environ | {"AMENT_PREFIX_PATH": f"{prefix}:{os.environ['AMENT_PREFIX_PATH']}"}


class BackendProcess:
    """`MoveItPyBackend` in a process of its own; tasks are functions that are given it.

    What is under way is cancelled by `pressed`, or by the service `press` of the process's node.
    """

    def __init__(self, prefix, namespace=""):
        spawning = multiprocessing.get_context("spawn")
        self.pressed = spawning.Event()
        self._pipe, theirs = spawning.Pipe()
        self._process = spawning.Process(
            target=_serve, args=(theirs, self.pressed, namespace), daemon=True
        )
        with mock.patch.dict(os.environ, environment_with(prefix)):
            self._process.start()
        theirs.close()
        self.result()

    def run(self, task, *arguments):
        """Return what `task(backend, is_cancelled, *arguments)` returns, or raise its failure."""
        self.begin(task, *arguments)
        return self.result()

    def begin(self, task, *arguments):
        """Begin a task."""
        self.pressed.clear()
        self._pipe.send((task, arguments))

    def result(self, timeout_s=_TIMEOUT_S):
        """Wait for the end of the task that was begun."""
        assert self._pipe.poll(timeout_s), f"no answer within {timeout_s} s"
        value, error = self._pipe.recv()
        if error is not None:
            raise error
        return value

    def stop(self):
        self._process.kill()
        self._process.join()


def _serve(pipe, pressed, namespace):
    """Carry out tasks until the other end is closed."""
    end_with_parent()
    rclpy.init()
    node, spinner = Node("of_moveit_py", namespace=namespace), Spinner(get_default_context(), 4)

    def press(_, response):
        pressed.set()
        return response

    node.create_service(Trigger, "press", press, callback_group=ReentrantCallbackGroup())
    spinner.add(node)
    spinner.start()
    backend = _answer(pipe, _connect, node)
    while backend is not None:
        task, arguments = pipe.recv()
        _answer(pipe, task, backend, pressed.is_set, *arguments)


def _connect(node):
    """Return the backend of a node."""
    from rt_grasp_ros.ros.moveit.moveit_py_backend import MoveItPyBackend

    io = RobotTopics(node, node, ROBOT, GRIPPER)
    settings = MotionSettings(speed=SPEED, line_speed=SPEED)
    backend = MoveItPyBackend(node, ROBOT, GRIPPER, io, settings, PACKAGE)
    io.wait_for_state(10.0)
    return backend


def _answer(pipe, task, *arguments):
    """Send what a task returns or its failure; a backend is ours alone and stays here."""
    try:
        value = task(*arguments)
    except RtGraspError as error:
        pipe.send((None, error))
        return None
    pipe.send((None if task is _connect else value, None))
    return value
