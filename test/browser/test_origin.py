import socket

import pytest

from rt_grasp_ros.browser.origin import may_connect


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "192.168.1.20:8080", "localhost"],
)
def test_our_own_page_may_connect(host):
    assert may_connect(f"http://{host}", host)


def test_a_page_under_this_machines_name_may_connect():
    host = f"{socket.gethostname()}:8080"
    assert may_connect(f"http://{host}", host)


def test_programs_that_are_no_browsers_may_connect():
    assert may_connect(None, "127.0.0.1:8080")


@pytest.mark.parametrize(
    "origin, host",
    [
        ("https://evil.example", "127.0.0.1:8080"),
        ("http://127.0.0.1:9999", "127.0.0.1:8080"),  # another server of this machine
        ("http://localhost.evil.example:8080", "localhost:8080"),
        ("http://evil.example:8080", "evil.example:8080"),  # a name that points here
        ("null", "127.0.0.1:8080"),  # a sandboxed frame or a file
        ("", "127.0.0.1:8080"),
        ("http://[bad", "127.0.0.1:8080"),
        ("http://127.0.0.1:8080", None),
    ],
)
def test_other_pages_may_not(origin, host):
    assert not may_connect(origin, host)
