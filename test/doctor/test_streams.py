"""Topics are judged by who publishes them, how often, and how old what comes is."""

import pytest

from rt_grasp_ros.doctor.streams import Expected, Stream, StreamCounter, check_stream

EXPECTED = Expected("colour", 1.0, 2.0, "start the camera")


def stream(publishers=1, messages=20, age_s=0.1):
    return Stream("/camera/color", publishers, messages, 2.0, age_s)


@pytest.mark.parametrize("age_s", [0.0, 1.9, -0.4, None])
def test_what_comes_often_and_fresh_is_ok(age_s):
    finding = check_stream(stream(age_s=age_s), EXPECTED)
    assert (finding.check, finding.status) == ("colour", "ok")
    assert finding.numbers["rate_hz"] == 10.0


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        (stream(publishers=0, messages=0, age_s=None), "start the camera"),
        (stream(messages=0, age_s=None), "nothing came within 2.0 s"),
        (stream(messages=1), "0.5 times a second"),
        (Stream("/camera/color", 1, 10, 10.04, 0.1), "0.996 times a second, at least 1 are"),
        (stream(age_s=2.04), "2.04 s old, at most 2 s"),
        (stream(age_s=3.0), "3.0 s old"),
        (stream(age_s=-2.0), "2.0 s in the future"),
        (stream(age_s=1.7e9), "use_sim_time"),
        (stream(age_s=-1.7e9), "use_sim_time"),
    ],
)
def test_what_does_not_is_wrong_and_says_why(spoiled, said):
    finding = check_stream(spoiled, EXPECTED)
    assert finding.status == "wrong"
    assert said in finding.message
    assert "/camera/color" in finding.message


def test_a_counter_tells_what_came_since_its_restart():
    counter = StreamCounter()
    counter.hear(5)
    counter.restart()
    assert counter.stream("/t", 1, 10).messages == 0
    counter.hear(2_000_000_000)
    counter.hear(3_000_000_000)
    heard = counter.stream("/t", 1, 3_500_000_000)
    assert (heard.messages, heard.age_s) == (2, 0.5)
    assert heard.window_s > 0


def test_a_message_without_a_stamp_has_no_age():
    counter = StreamCounter()
    counter.hear(0)
    assert counter.stream("/t", 1, 10).age_s is None
