import threading
import time

import pytest
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from std_srvs.srv import Trigger

from rt_grasp_ros.ros.rclpy_fixes.service_call import NotReady, ask, call

pytestmark = pytest.mark.ros


@pytest.fixture(scope="module")
def node(world):
    return world.add(Node("caller", context=world.context))


def client_of(node, name):
    return node.create_client(Trigger, name, callback_group=ReentrantCallbackGroup())


def hang(node, name):
    """Offer a service that does not reply until the event that is returned is set."""
    is_over = threading.Event()

    def wait(request, response):
        is_over.wait(30.0)
        return response

    node.create_service(Trigger, name, wait, callback_group=ReentrantCallbackGroup())
    return is_over


def test_a_reply_comes_back(node):
    def answer(request, response):
        response.message = "here"
        return response

    node.create_service(Trigger, "prompt", answer)
    assert call(client_of(node, "prompt"), Trigger.Request(), 30.0, "No reply").message == "here"


def test_a_service_that_is_not_there_ends_in_a_sentence_in_time(node):
    start_s = time.monotonic()
    with pytest.raises(NotReady, match=r"No reply within 1 s; read the logs"):
        call(client_of(node, "nobody"), Trigger.Request(), 1.0, "No reply")
    assert time.monotonic() - start_s < 15.0


def test_a_service_that_hangs_ends_in_a_sentence(node):
    is_over = hang(node, "hanging")
    client = client_of(node, "hanging")
    assert client.wait_for_service(timeout_sec=30.0)
    with pytest.raises(NotReady, match="No reply"):
        call(client, Trigger.Request(), 1.0, "No reply")
    is_over.set()


def test_a_question_whose_reply_is_lost_is_asked_again(node):
    is_over, asked = threading.Event(), []

    def lose_the_first(request, response):
        asked.append(request)
        if len(asked) == 1:
            is_over.wait(30.0)
        return response

    node.create_service(Trigger, "lossy", lose_the_first, callback_group=ReentrantCallbackGroup())
    start_s = time.monotonic()
    ask(client_of(node, "lossy"), Trigger.Request(), 25.0, "No reply")
    is_over.set()
    assert time.monotonic() - start_s < 20.0
    assert len(asked) >= 2


def test_a_question_that_nobody_answers_ends_in_a_sentence_in_time(node):
    is_over = hang(node, "silent")
    start_s = time.monotonic()
    with pytest.raises(NotReady, match=r"No reply within 5 s; read the logs"):
        ask(client_of(node, "silent"), Trigger.Request(), 5.0, "No reply")
    is_over.set()
    assert time.monotonic() - start_s < 20.0


def test_waiting_ends_where_it_makes_no_sense_any_more(node):
    def refuse():
        raise NotReady("It is gone.")

    with pytest.raises(NotReady, match="It is gone"):
        call(client_of(node, "nobody_at_all"), Trigger.Request(), 30.0, "No reply", refuse)
