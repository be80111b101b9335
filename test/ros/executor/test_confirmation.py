"""A person's word is heard while a plan waits for it, once, and for that plan alone."""

import threading

import pytest
from std_srvs.srv import SetBool

from rt_grasp_ros.grasp.errors import Cancelled, NotConfirmed
from rt_grasp_ros.ros.executor.confirmation import Confirmation

pytestmark = pytest.mark.ros


class OfferedService:
    """A node that keeps what it is to call."""

    def create_service(self, kind, name, callback, callback_group):
        assert (kind, name) == (SetBool, "confirm")
        self.say = lambda is_right: callback(SetBool.Request(data=is_right), SetBool.Response())


@pytest.fixture
def node():
    return OfferedService()


@pytest.fixture
def confirmation(node):
    return Confirmation(node)


def saying(node, *words, then_stop=False):
    """Return what says some words when it is first asked to cancel, and the answers.

    It is asked while the plan waits, by the thread that waits and holds the lock.
    """
    answers = []

    def is_cancelled():
        was_said = bool(answers)
        if not was_said:
            answers.extend(node.say(word) for word in words)
        return then_stop and was_said

    return is_cancelled, answers


def test_yes_lets_it_go_on(node, confirmation):
    is_cancelled, answers = saying(node, True)
    confirmation.wait(60.0, is_cancelled)
    assert not confirmation.is_waiting
    assert (answers[0].success, answers[0].message) == (True, "The arm moves.")


def test_no_ends_it(node, confirmation):
    is_cancelled, answers = saying(node, False)
    with pytest.raises(NotConfirmed, match="refused"):
        confirmation.wait(60.0, is_cancelled)
    assert (answers[0].success, answers[0].message) == (True, "The arm stays where it is.")


@pytest.mark.parametrize("is_right", [True, False])
def test_a_word_that_no_plan_waits_for_is_not_kept_for_the_next(node, confirmation, is_right):
    answer = node.say(is_right)
    assert not answer.success
    assert answer.message == "No plan is waiting to be confirmed."
    with pytest.raises(NotConfirmed, match=r"Nobody confirmed the plan within 0\.05 s"):
        confirmation.wait(0.05, lambda: False)


def test_a_yes_of_before_does_not_confirm_the_next_plan(node, confirmation):
    confirmation.wait(60.0, saying(node, True)[0])
    with pytest.raises(NotConfirmed, match="Nobody"):
        confirmation.wait(0.05, lambda: False)


def test_the_first_word_counts(node, confirmation):
    is_cancelled, answers = saying(node, False, True)
    with pytest.raises(NotConfirmed, match="refused"):
        confirmation.wait(60.0, is_cancelled)
    assert [answer.success for answer in answers] == [True, False]


def test_a_word_from_another_thread_is_heard(node, confirmation):
    speaker = threading.Thread(target=lambda: answers.append(node.say(True)))
    answers = []
    started = []

    def is_cancelled():
        if not started:
            started.append(True)
            speaker.start()  # it gets the lock once the plan waits
        return False

    confirmation.wait(60.0, is_cancelled)
    speaker.join()
    assert answers[0].success


def test_it_waits_only_while_it_waits(confirmation):
    waiting = []
    with pytest.raises(Cancelled):
        confirmation.wait(60.0, lambda: waiting.append(confirmation.is_waiting) or len(waiting) > 2)
    assert waiting == [True, True, True]
    assert not confirmation.is_waiting


def test_a_stop_counts_more_than_a_yes_that_came_with_it(node, confirmation):
    with pytest.raises(Cancelled):
        confirmation.wait(60.0, saying(node, True, then_stop=True)[0])
