"""A command that is carried out on the grasps of another node, from the topic to the reply."""

import numpy as np
import pytest
from active_perception import DEADLINES, refused
from arm_world import eventually
from geometry_msgs.msg import PoseArray
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_msgs.msg import Header
from world import OPTICAL, FakeCamera, User

from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.model.worker.worker_messages import EngineSource
from rt_grasp_ros.ros.messages.poses import matrix_from_pose, pose_from_matrix
from rt_grasp_ros.ros.perception.perception_node import PerceptionNode

pytestmark = pytest.mark.ros

COMMAND = "grasp the leftmost thing"  # of no name: where it is closed on geometry tells
AT_ITS_END = np.array([[1.0, 0, 0, 0.003], [0, 1, 0, 0.05], [0, 0, 1, 0.668], [0, 0, 0, 1]])


def made_node(world, name, **parameters):
    told = DEADLINES | {"grasps_topic": "proposed", "grasps_timeout_s": 1.0} | parameters
    return PerceptionNode(
        engine=EngineSource("fake_engines:well_behaved"),
        context=world.context,
        namespace=name,
        parameter_overrides=[Parameter(key, value=value) for key, value in told.items()],
    )


@pytest.fixture(scope="module")
def scene(world):
    node = world.add(made_node(world, "posted"))
    node.trigger_configure()
    node.trigger_activate()
    options = {"namespace": "posted"}
    world.add(FakeCamera(world, **options))
    return node, world.add(User(world, **options))


class Proposer(Node):
    """Publishes grasps ten times a second, stamped now."""

    def __init__(self, world, *poses):
        super().__init__("proposer", context=world.context, namespace="posted")
        self._poses = [pose_from_matrix(pose) for pose in poses]
        self._publisher = self.create_publisher(PoseArray, "proposed", 10)
        self.create_timer(0.1, self._publish)

    def _publish(self):
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=OPTICAL)
        self._publisher.publish(PoseArray(header=header, poses=self._poses))


def test_without_grasps_the_command_ends_at_the_deadline_and_names_the_topic(scene):
    _, user = scene
    refused(
        user.ask(COMMAND), ErrorCode.SERVER_UNAVAILABLE, "/posted/proposed", "within 1 s",
        "grasps_topic",
    )  # fmt: skip


def test_the_grasps_on_the_topic_are_checked_and_returned(scene, world):
    node, user = scene
    proposer = world.add(Proposer(world, AT_ITS_END))
    replies = []

    def is_taken():  # discovery takes its time
        replies.append(user.ask(COMMAND, max_candidates=4))
        return ErrorCode(replies[-1].error_code) is ErrorCode.OK

    assert eventually(is_taken, 30.0), replies[-1].error_message
    (grasp,) = replies[-1].grasps  # our own search would find more, its middle first
    pose = matrix_from_pose(grasp.pose)
    np.testing.assert_allclose(pose[:3, :3], np.eye(3), atol=1e-6)
    assert pose[1, 3] == pytest.approx(0.05)
    assert abs(pose[0, 3]) < 0.002  # centred between the sides that depth shows
    assert 0.04 < grasp.opening_m < 0.07
    (finding,) = [one for one in node._examine() if one.check == "grasps"]
    assert (finding.status, finding.numbers["grasps"]) == ("ok", 1.0)
    world.remove(proposer)


def test_grasps_come_from_one_place(world):
    with pytest.raises(RequestInvalid, match="graspgen_url and grasps_topic"):
        made_node(world, "two", graspgen_url="tcp://127.0.0.1:1")
