"""The web server of the page: who may talk to it, and where it may be."""

import socket
import urllib.request

import pytest
import viser
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from rt_grasp_ros.browser.server import PageServer
from rt_grasp_ros.grasp.errors import RequestInvalid

pytestmark = pytest.mark.browser

PROTOCOL = f"viser-v{viser.__version__}"


@pytest.fixture(scope="module")
def server():
    server = PageServer("127.0.0.1", 0)
    yield server
    server.stop()


def knock(server, origin):
    """Open a WebSocket as a page of that origin would, and close it."""
    address = f"127.0.0.1:{server.get_port()}"
    with connect(
        f"ws://{address}", origin=origin, subprotocols=[PROTOCOL], open_timeout=30, proxy=None
    ) as websocket:
        return websocket.subprotocol


def test_the_page_comes_whole_and_without_addresses_of_others(server):
    url = f"http://127.0.0.1:{server.get_port()}/"
    with urllib.request.urlopen(url, timeout=30) as reply:
        assert b"<html" in reply.read(10_000)


def test_the_own_page_may_talk(server):
    assert knock(server, f"http://127.0.0.1:{server.get_port()}") == PROTOCOL


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_other_pages_may_not_talk(server, origin):
    with pytest.raises(InvalidStatus, match="403"):
        knock(server, origin)


def test_it_listens_on_this_machine_alone(server):
    addresses = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None)}
    for address in addresses - {"127.0.0.1", "127.0.1.1", "::1"}:
        with pytest.raises(OSError):
            socket.create_connection((address, server.get_port()), timeout=5.0)


def test_there_is_no_way_in_from_the_internet(server):
    assert server.request_share_url() is None


def test_a_port_that_is_taken_is_refused(server):
    with pytest.raises(RequestInvalid, match=r"port \d+ .*choose another"):
        PageServer("127.0.0.1", server.get_port())


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(RequestInvalid, match=r"192\.0\.2\.1"):
        PageServer("192.0.2.1", 0)
