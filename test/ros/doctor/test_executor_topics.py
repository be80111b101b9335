"""Where an executor really sends is found in the graph, remapped as it may be."""

import pytest
from arm_world import eventually
from rclpy.node import Node
from sensor_msgs.msg import Image, JointState
from trajectory_msgs.msg import JointTrajectory

from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.doctor.executor_topics import ExecutorTopics, camera_in_use, executor_topics

pytestmark = pytest.mark.ros

HAND = load_gripper(share_path("config/grippers/panda_hand.yaml"))


def seen(world, namespace, *remappings, guarded=False, of="executor_node_listener"):
    """Return what is found of an executor with remappings, in a namespace of its own."""
    arguments = ["--ros-args", *(word for name in remappings for word in ("-r", name))]
    options = {"context": world.context, "namespace": namespace, "cli_args": arguments}
    executor = listener = world.add(Node(of, **options))
    executor.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
    executor.create_publisher(JointTrajectory, "hand_controller/joint_trajectory", 10)
    listener.create_subscription(JointState, "joint_states", print, 10)
    if guarded:
        guard = world.add(Node("arm_guard", context=world.context, namespace=namespace))
        topic = executor.resolve_topic_name("arm_controller/joint_trajectory")
        guard.create_publisher(JointTrajectory, topic, 10)
    doctor = world.add(Node("doctor", context=world.context, namespace=namespace))
    found = []

    def settles():  # discovery may bring one of them after the other
        found.append(executor_topics(doctor, HAND))
        return len(found) > 8 and len(set(found[-8:])) == 1

    eventually(settles, 20.0)
    return found[-1]


ARM = "arm_controller/joint_trajectory:=panda_arm_controller/joint_trajectory"
GRIPPER = "hand_controller/joint_trajectory:=panda_hand_controller/joint_trajectory"


def topics(namespace, arm, hand, joints="joint_states"):
    return ExecutorTopics(
        f"{namespace}/{arm}/joint_trajectory",
        f"{namespace}/{hand}/joint_trajectory",
        f"{namespace}/{joints}",
    )


def test_an_executor_without_remappings_uses_our_names(world):
    assert seen(world, "/plain") == topics("/plain", "arm_controller", "hand_controller")


def test_a_remapped_arm_is_found(world):
    assert seen(world, "/a", ARM) == topics("/a", "panda_arm_controller", "hand_controller")


def test_a_remapped_gripper_and_joint_states_are_found(world):
    found = seen(world, "/g", GRIPPER, "joint_states:=panda/joint_states")
    assert found == topics("/g", "arm_controller", "panda_hand_controller", "panda/joint_states")


def test_where_both_are_remapped_the_guard_tells_the_arm(world):
    found = seen(world, "/both", ARM, GRIPPER, guarded=True)
    assert found == topics("/both", "panda_arm_controller", "panda_hand_controller")


def test_without_an_executor_our_own_names_are_looked_at(world):
    found = seen(world, "/other", ARM, of="another_node")
    assert found.arm == "/other/arm_controller/joint_trajectory"


def looks_at(world, namespace, name, *topics):
    node = world.add(Node(name, context=world.context, namespace=namespace))
    for topic in topics:
        node.create_subscription(Image, topic, print, 10)


def camera_seen_in(world, namespace):
    doctor = world.add(Node("doctor_of_cameras", context=world.context, namespace=namespace))
    found = []

    def settles():
        found.append(camera_in_use(doctor))
        return len(found) > 8 and len(set(found[-8:])) == 1

    eventually(settles, 20.0)
    return found[-1]


def test_the_camera_that_our_nodes_listen_to_is_found(world):
    for name in ("executor_node_listener", "perception_node_listener"):
        colour, depth = "cam/color/image_raw", "cam/aligned_depth_to_color/image_raw"
        looks_at(world, "/cam_a", name, colour, depth)
    assert camera_seen_in(world, "/cam_a") == "/cam_a/cam"


def test_of_two_cameras_none_is_chosen(world):
    looks_at(world, "/cam_b", "executor_node_listener", "left/color/image_raw")
    looks_at(world, "/cam_b", "perception_node_listener", "right/color/image_raw")
    assert camera_seen_in(world, "/cam_b") is None


def test_without_our_nodes_no_camera_is_known(world):
    looks_at(world, "/cam_c", "image_view", "cam/color/image_raw")
    assert camera_seen_in(world, "/cam_c") is None
