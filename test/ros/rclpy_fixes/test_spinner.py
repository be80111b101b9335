"""What spins ends without a race: first the loop, then what is under way, then the executor."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import rclpy
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.context import Context
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from std_msgs.msg import String

from rt_grasp_ros.ros.rclpy_fixes.spinner import Spinner, end_executor, make_executor, work_ends

pytestmark = pytest.mark.ros

LONG_S = 60.0


@pytest.fixture
def context():
    context = Context()
    rclpy.init(context=context)
    yield context
    context.try_shutdown()


class Busy(Node):
    """Has a callback that lasts until it is let go, and then uses the node."""

    def __init__(self, context, name="busy"):
        super().__init__(name, context=context)
        self.has_begun, self.may_end, self.has_ended = (threading.Event() for _ in range(3))
        self._said = self.create_publisher(String, "said", 10)
        self._timer = self.create_timer(0.01, self._work, callback_group=ReentrantCallbackGroup())

    def _work(self):
        self._timer.cancel()
        self.has_begun.set()
        self.may_end.wait(LONG_S)
        self._said.publish(String(data="done"))
        self.has_ended.set()


class Chatty(Node):
    """Says something 50 times a second and hears it eight times."""

    def __init__(self, context):
        super().__init__("chatty", context=context)
        self.runs = 0
        self._said = self.create_publisher(String, "said", 10)
        self.create_timer(0.02, self._say, callback_group=MutuallyExclusiveCallbackGroup())
        for _ in range(8):
            group = MutuallyExclusiveCallbackGroup()
            self.create_subscription(String, "said", self._hear, 10, callback_group=group)

    def _say(self):
        self.runs += 1
        self._said.publish(String(data="x" * 10_000))

    def _hear(self, message):
        self.runs += 1


def test_each_callback_is_handed_to_a_thread_once(context, monkeypatch):
    handed, submit = [], ThreadPoolExecutor.submit
    monkeypatch.setattr(
        ThreadPoolExecutor, "submit", lambda *args: (handed.append(args), submit(*args))[1]
    )
    node = Chatty(context)
    executor = make_executor(10, context)
    executor.add_node(node)
    end_s = time.monotonic() + LONG_S
    while node.runs <= 1000 and time.monotonic() < end_s:
        executor.spin_once(0.1)
    assert end_executor(executor, LONG_S)
    node.destroy_node()
    assert node.runs > 1000
    assert len(handed) < 1.2 * node.runs


@pytest.mark.parametrize("threads", [1, 4])
def test_what_is_under_way_ends_before_the_executor_does(context, threads):
    node = Busy(context)
    spinner = Spinner(context, threads)
    spinner.add(node)
    spinner.start()
    assert node.has_begun.wait(LONG_S)
    threading.Timer(0.3, node.may_end.set).start()
    assert spinner.stop(LONG_S)
    assert node.has_ended.is_set()
    node.destroy_node()
    assert spinner.failure is None


def test_what_does_not_end_is_left_to_itself(context):
    node = Busy(context)
    spinner = Spinner(context, 4)
    spinner.add(node)
    spinner.start()
    assert node.has_begun.wait(LONG_S)
    assert not spinner.stop(0.2)
    node.may_end.set()
    assert node.has_ended.wait(LONG_S)
    node.destroy_node()
    assert spinner.failure is None


def test_it_ends_under_fire_again_and_again(context):
    for _ in range(20):
        node = Node("busy", context=context)
        group = ReentrantCallbackGroup()
        for _ in range(5):
            node.create_timer(0.001, lambda: None, callback_group=group)
        spinner = Spinner(context, 4)
        spinner.add(node)
        spinner.start()
        time.sleep(0.02)
        assert spinner.stop(LONG_S)
        node.destroy_node()
        assert spinner.failure is None


def test_an_idle_one_ends_at_once(context):
    spinner = Spinner(context)
    spinner.start()
    assert spinner.stop(LONG_S)


def test_one_that_never_began_ends_too(context):
    assert Spinner(context).stop(LONG_S)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failed_callback_is_told(context):
    def fail():
        raise ValueError("of the callback")

    node = Node("failing", context=context)
    node.create_timer(0.01, fail)
    spinner = Spinner(context)
    spinner.add(node)
    spinner.start()
    deadline_s = time.monotonic() + LONG_S
    while spinner.failure is None and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert str(spinner.failure) == "of the callback"
    assert spinner.stop(LONG_S)
    node.destroy_node()


def test_a_node_that_is_removed_can_be_destroyed_while_others_are_spun(context):
    stays = Busy(context, "stays")
    spinner = Spinner(context, 4)
    spinner.start()
    for _ in range(20):
        goes = Node("goes", context=context)
        for number in range(5):
            goes.create_timer(0.001, lambda: None, callback_group=ReentrantCallbackGroup())
            goes.create_subscription(String, f"topic_{number}", lambda _: None, 10)
        spinner.add(goes)
        time.sleep(0.02)
        spinner.remove(goes)
        goes.destroy_node()
        assert spinner.failure is None
    spinner.add(stays)
    assert stays.has_begun.wait(LONG_S)
    stays.may_end.set()
    assert spinner.stop(LONG_S)
    assert spinner.failure is None
    stays.destroy_node()


def test_an_executor_that_is_spun_by_hand_ends_after_its_callbacks(context):
    node = Busy(context)
    executor = MultiThreadedExecutor(4, context=context)
    executor.add_node(node)
    deadline_s = time.monotonic() + LONG_S
    while not node.has_begun.is_set() and time.monotonic() < deadline_s:
        executor.spin_once(timeout_sec=0.1)
    threading.Timer(0.3, node.may_end.set).start()
    assert end_executor(executor, LONG_S)
    assert node.has_ended.is_set()
    node.destroy_node()


def test_what_a_callback_left_to_the_executor_is_done_before_the_work_ends(context):
    """As the result of an action's goal, which is sent by a task of its own."""
    executor = make_executor(2, context)
    done, begun = [], threading.Event()

    def work():
        begun.set()
        time.sleep(0.2)
        executor.create_task(done.append, "sent")

    executor.create_task(work)
    while not begun.is_set():
        executor.spin_once(timeout_sec=0.1)
    assert work_ends(executor, LONG_S)
    assert done == ["sent"]
    assert end_executor(executor, 5.0)


def test_work_that_does_not_end_is_not_waited_for_beyond_the_deadline(context):
    executor = make_executor(2, context)
    begun, released = threading.Event(), threading.Event()

    def work():
        begun.set()
        released.wait(LONG_S)

    executor.create_task(work)
    while not begun.is_set():
        executor.spin_once(timeout_sec=0.1)
    assert not work_ends(executor, 0.1)
    released.set()
    assert work_ends(executor, LONG_S)
    end_executor(executor, 5.0)
