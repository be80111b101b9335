import time
from email.utils import formatdate

import httpx2
import pytest

from rt_grasp_ros.grasp.errors import ServerRefused
from rt_grasp_ros.model.openai_backend.server_failure import TryAgain, failure_of
from rt_grasp_ros.model.server_settings import ServerSettings

SETTINGS = ServerSettings(url="http://gpu/v1", key_variable="KEY")


def failure(status, key="", **response):
    return failure_of(httpx2.Response(status, **response), SETTINGS, key)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_worth_another_try(status):
    assert isinstance(failure(status), TryAgain)
    assert str(status) in failure(status).problem


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 413, 422, 501])
def test_what_will_not_pass_is_a_refusal(status):
    assert isinstance(failure(status), ServerRefused)


@pytest.mark.parametrize(
    "header, wait_s",
    [
        ("0", 0.0),
        ("17", 17.0),
        ("-1", None),
        ("soon", None),
        ("1e3", None),
        ("²", None),
        ("", None),
    ],
)
def test_the_wait_is_read_in_seconds(header, wait_s):
    assert failure(429, headers=[(b"retry-after", header.encode())]).wait_s == wait_s


def test_the_wait_is_read_as_a_date():
    in_a_minute = failure(503, headers={"retry-after": formatdate(time.time() + 60, usegmt=True)})
    assert 55 < in_a_minute.wait_s <= 60
    long_ago = failure(503, headers={"retry-after": formatdate(0, usegmt=True)})
    assert long_ago.wait_s == 0.0


@pytest.mark.parametrize(
    "body, words",
    [
        ({"json": {"error": {"message": "no such model"}}}, "no such model"),
        ({"json": {"error": "no such model"}}, "no such model"),
        ({"json": {"object": "error", "message": "no such model"}}, "no such model"),
        ({"json": ["a"]}, "a"),
        ({"text": "<html>\n  Not\tFound</html>"}, "<html> Not Found</html>"),
        ({"content": b"\xff\xfe"}, "HTTP 404"),
    ],
)
def test_the_servers_own_words_are_passed_on_in_one_line(body, words):
    message = failure(404, **body).message
    assert words in message
    assert "\n" not in message


def test_long_words_are_cut_and_the_key_is_taken_out():
    refusal = failure(401, key="sk-secret", json={"error": {"message": "sk-secret " * 100}})
    assert "sk-secret" not in refusal.message
    assert len(refusal.message) < 500
