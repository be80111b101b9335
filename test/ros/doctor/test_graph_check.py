"""The doctor says of a real graph what runs, and of each thing that does not what to do."""

import pytest
from arm_world import ROBOT, FakeArm, eventually
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from geometry_msgs.msg import PoseArray
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.node import Node
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectory
from world import FakeCamera, FakeExecutor, World

from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.doctor import graph_check
from rt_grasp_ros.ros.doctor.graph_check import GraphCheck
from rt_grasp_ros.ros.robot.heard_joints import HeardJoints

pytestmark = [pytest.mark.ros]

GRIPPER = load_gripper(share_path("config/grippers/panda_hand.yaml"))


class FakeLifecycle(Node):
    """A node of ours as far as its lifecycle goes."""

    def __init__(self, world, of, **options):
        super().__init__(f"lifecycle_of_{of}", context=world.context, **options)
        self.label = "active"
        self.create_service(GetState, f"{of}/get_state", self._tell)

    def _tell(self, request, response):
        response.current_state = State(label=self.label)
        return response


class Doctor(Node):
    """Examines; told apart from the other nodes of the world."""

    def __init__(self, world, **options):
        super().__init__("doctor", context=world.context, **options)
        self._check = GraphCheck(self, ROBOT, GRIPPER)

    def examine(self, listen_s=1.5):
        """Return the findings by check, of the next seconds."""
        return {finding.check: finding for finding in self._check.examine(listen_s)}


@pytest.fixture(scope="module")
def scene():
    """A camera, an arm and our nodes, all well, and a doctor."""

    class Scene:
        world = World()

    Scene.camera = Scene.world.add(FakeCamera(Scene.world))
    Scene.arm = Scene.world.add(FakeArm(Scene.world))
    Scene.perception = Scene.world.add(FakeLifecycle(Scene.world, "perception_node"))
    Scene.executor = Scene.world.add(FakeExecutor(Scene.world))
    Scene.state = Scene.world.add(FakeLifecycle(Scene.world, "executor_node"))
    Scene.doctor = Scene.world.add(Doctor(Scene.world))
    Scene.world.start()
    yield Scene
    Scene.world.stop()


@pytest.fixture(autouse=True)
def patient_doctor(monkeypatch):
    """Give who is there the time that a busy machine takes to answer."""
    monkeypatch.setattr(graph_check, "_REPLY_TIMEOUT_S", 30.0)
    monkeypatch.setattr(graph_check, "_FRAME_TIMEOUT_S", 6.0)


@pytest.fixture
def patient_search(monkeypatch):
    """Give it the time, too, to find controllers that are there."""
    monkeypatch.setattr(graph_check, "_FIND_TIMEOUT_S", 30.0)


@pytest.fixture(autouse=True)
def mended(request):
    """Put right what a test spoiled."""
    yield
    if "scene" in request.fixturenames:
        scene = request.getfixturevalue("scene")
        scene.camera.mend()
        scene.arm.go_home()
        scene.perception.label = "active"


def test_all_is_well_but_for_the_missing_pose(scene):
    findings = scene.doctor.examine()
    wrong = {check for check, finding in findings.items() if finding.status == "wrong"}
    assert wrong == {"frames"}
    assert "panda_link0" in findings["frames"].message
    scene.arm.publish_camera_pose()
    findings = scene.doctor.examine()
    assert {finding.status for finding in findings.values()} == {"ok"}
    assert set(findings) == {
        "colour",
        "aligned depth",
        "camera_info",
        "joint states",
        "registration",
        "intrinsics",
        "depth",
        "frames",
        "joints",
        "fingers",
        "robot shape",
        "arm controller",
        "gripper controller",
        "planner",
        "perception",
        "executor",
    }
    assert findings["colour"].numbers["rate_hz"] == pytest.approx(10.0, rel=0.8)
    assert "0 degrees off straight down" in findings["frames"].message


def test_what_is_wrong_with_joint_states_is_told_as_the_executor_tells_it(scene):
    scene.arm.is_stuck = True  # or its controller would say where the joint is
    scene.arm.change(positions=scene.arm.positions | {"panda_joint4": float("nan")})
    heard = HeardJoints((*ROBOT.arm_joints, *GRIPPER.joints))
    message = JointState(name=list(scene.arm.positions), position=scene.arm.positions.values())
    heard.hear(message, 0.0)
    finding = scene.doctor.examine()["joints"]
    assert (finding.status, finding.message) == ("wrong", heard.finding().message)
    assert "the position of panda_joint4 is not a number" in finding.message


def test_a_silent_depth_camera_is_named(scene):
    scene.camera.change(silent={"depth"})
    findings = scene.doctor.examine()
    assert findings["aligned depth"].status == "wrong"
    assert "aligned_depth_to_color" in findings["aligned depth"].message
    assert findings["colour"].status == "ok"
    assert "registration" not in findings


def test_depth_of_another_frame_is_not_registered(scene):
    def spoil(colour, depth, info):
        depth.header.frame_id = "camera_depth_optical_frame"

    scene.camera.change(spoil=spoil)
    finding = scene.doctor.examine()["registration"]
    assert finding.status == "wrong"
    assert "align_depth" in finding.message


def test_old_pictures_are_told_by_their_age(scene):
    scene.camera.change(age_s=5.0)
    finding = scene.doctor.examine()["colour"]
    assert finding.status == "wrong"
    assert finding.numbers["age_s"] == pytest.approx(5.0, abs=3.0)


def test_a_joint_that_nobody_reports_is_named(scene):
    missing = ROBOT.arm_joints[3]
    positions = scene.arm.positions.items()
    scene.arm.change(positions={name: rad for name, rad in positions if name != missing})
    finding = scene.doctor.examine()["joints"]
    assert finding.status == "wrong"
    assert missing in finding.message


def test_silent_joint_states_are_wrong(scene):
    scene.arm.change(is_silent=True)
    finding = scene.doctor.examine()["joint states"]
    assert finding.status == "wrong"


def test_a_model_that_is_not_active_is_wrong(scene):
    scene.perception.label = "inactive"
    finding = scene.doctor.examine()["perception"]
    assert finding.status == "wrong"
    assert "activate" in finding.message


def test_where_nothing_runs_there_is_one_note(scene):
    lonely = scene.world.add(Doctor(scene.world, namespace="elsewhere"))
    findings = lonely.examine(0.2)
    scene.world.remove(lonely)
    assert {check: finding.status for check, finding in findings.items()} == {"ros graph": "note"}
    assert "/elsewhere" in findings["ros graph"].message


def test_the_topic_that_perception_takes_grasps_from_is_looked_at(world):
    options = {"context": world.context, "namespace": "posts"}
    perception = world.add(Node("perception_node_listener", **options))
    doctor = world.add(Doctor(world, namespace="posts"))
    publisher = world.add(Node("proposer", **options))
    camera = world.add(FakeCamera(world, namespace="posts"))

    def found():
        return doctor.examine(0.5).get("grasps")

    assert found() is None
    perception.create_subscription(PoseArray, "elsewhere/grasps", print, 10)
    assert eventually(lambda: (seen := found()) and seen.status == "wrong")
    publisher.create_publisher(PoseArray, "elsewhere/grasps", 10)
    assert eventually(lambda: (seen := found()) and seen.status == "ok")
    assert found().message == "one node on /posts/elsewhere/grasps"
    for node in (perception, doctor, publisher, camera):
        world.remove(node)


EXECUTES = "execute_grasp/_action/send_goal"


def knows(doctor, topics, services):
    """Wait until the graph knows who listens to topics and who offers services."""
    namespace = doctor.get_namespace()
    return eventually(
        lambda: (
            all(doctor.count_subscribers(f"{namespace}/{name}") for name in topics)
            and all(
                doctor.count_services(f"{namespace}/{name}") == services.count(name)
                for name in services
            )
        )
    )


class Driven:
    """Real names of controllers, an executor that is remapped to them, and a doctor that is not."""

    def __init__(self, world, namespace, arm_joints=ROBOT.arm_joints, doctor_remaps=()):
        options = {"context": world.context, "namespace": namespace}
        remap = ["-r", "arm_controller/joint_trajectory:=panda_arm_controller/joint_trajectory"]
        self.world = world
        self.controller = Node("panda_arm_controller", **options)
        self.controller.declare_parameter("joints", list(arm_joints))
        self.controller.create_subscription(
            JointTrajectory, "panda_arm_controller/joint_trajectory", print, 10
        )
        self.executor = Node("executor_node_listener", **options, cli_args=["--ros-args", *remap])
        self.executor.create_publisher(JointTrajectory, "arm_controller/joint_trajectory", 10)
        self.servers = [FakeExecutor(world, namespace=namespace)]
        for node in (self.controller, self.executor, *self.servers):
            world.add(node)
        remaps = [word for name in doctor_remaps for word in ("-r", name)]
        self.doctor = world.add(
            Doctor(world, namespace=namespace, cli_args=["--ros-args", *remaps])
        )
        name = self.controller.get_name()
        assert knows(
            self.doctor,
            [f"{name}/joint_trajectory"],
            [f"{name}/get_parameters", EXECUTES],
        )
        own = (self.executor.get_name(), namespace)
        assert eventually(lambda: own in self.doctor.get_node_names_and_namespaces())


def test_a_remapped_controller_that_works_is_found(scene):
    driven = Driven(scene.world, "/remapped")
    finding = driven.doctor.examine(0.5)["arm controller"]
    assert (finding.status, finding.message) == (
        "ok",
        "listens to /remapped/panda_arm_controller/joint_trajectory",
    )


def test_a_doctor_that_is_remapped_itself_counts_what_it_means(scene):
    topic = "arm_controller/joint_trajectory:=panda_arm_controller/joint_trajectory"
    world = scene.world
    options = {"context": world.context, "namespace": "/counted"}
    controller = world.add(Node("panda_arm_controller", **options))
    controller.create_subscription(
        JointTrajectory, "panda_arm_controller/joint_trajectory", print, 10
    )
    world.add(FakeExecutor(world, namespace="/counted"))
    doctor = world.add(Doctor(world, namespace="/counted", cli_args=["--ros-args", "-r", topic]))
    heard = "panda_arm_controller/joint_trajectory"
    assert knows(doctor, [heard], ["panda_arm_controller/get_parameters", EXECUTES])
    assert doctor.examine(0.5)["arm controller"].status == "ok"


def test_a_controller_of_other_joints_is_named(scene, patient_search):
    driven = Driven(scene.world, "/others", arm_joints=ROBOT.arm_joints[:6])
    finding = driven.doctor.examine(0.5)["arm controller"]
    assert finding.status == "wrong"
    assert "panda_joint6, and refuses" in finding.message


def test_an_executor_that_is_not_active_is_named_with_its_state(scene):
    scene.state.label = "inactive"
    finding = scene.doctor.examine(0.5)["executor"]
    scene.state.label = "active"
    assert finding.status == "wrong"
    assert "inactive" in finding.message and "activate" in finding.message


@pytest.mark.parametrize(("alive", "status"), [(1, "ok"), (2, "wrong"), (0, "wrong")])
def test_an_executor_is_alive_that_says_so(scene, alive, status):
    world, namespace = scene.world, f"/restarted_{alive}"
    for _ in range(2):
        world.add(FakeExecutor(world, namespace=namespace))
    for number in range(alive):
        node = world.add(Node(f"teller_{number}", context=world.context, namespace=namespace))
        publisher = node.create_publisher(DiagnosticArray, "/diagnostics", 10)
        told = DiagnosticStatus(
            name=f"{namespace[1:]}/executor_node: executor",
            values=[KeyValue(key="instance", value=str(200_000 + number))],
        )
        node.create_timer(0.3, lambda p=publisher, t=told: p.publish(DiagnosticArray(status=[t])))
    world.add(FakeLifecycle(world, "executor_node", namespace=namespace))
    doctor = world.add(Doctor(world, namespace=namespace))
    assert knows(doctor, [], [EXECUTES, EXECUTES, "executor_node/get_state"])
    assert eventually(lambda: len(doctor._check._heard_executors()) == alive)
    finding = doctor.examine(1.0)["executor"]
    assert finding.status == status, finding.message
