"""Two runs on one machine never meet, and neither joins a robot that is there."""

import os
import socket
import subprocess
import sys

import pytest

from rt_grasp_ros.ros.node import domain
from rt_grasp_ros.ros.node.domain import NoFreeDomain, take_domain

TAKES = """
import os
from rt_grasp_ros.ros.node import domain
domain._newest = 41
domain.take_domain()
print(os.environ["ROS_DOMAIN_ID"], flush=True)
input()
"""


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nobody's ports count but those that a test names; what is taken is let go of."""
    monkeypatch.setenv("ROS_DOMAIN_ID", "0")
    monkeypatch.setattr(domain, "_held", None)
    monkeypatch.setattr(domain, "_newest", 41)
    monkeypatch.setattr(domain, "_domains_with_ports", set)
    monkeypatch.setattr(domain, "_LOCK", f"\0test_domain_{os.getpid()}_")
    yield
    if domain._held is not None:
        domain._held.close()


def taken():
    take_domain()
    return int(os.environ["ROS_DOMAIN_ID"])


def test_two_processes_that_begin_at_the_same_number_do_not_meet():
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    try:
        domains = [int(process.stdout.readline()) for process in processes]
    finally:
        for process in processes:
            process.communicate("\n")
    assert len(set(domains)) == 3
    assert min(domains) >= 42


def test_a_domain_that_was_let_go_of_is_free_again():
    assert taken() == 42
    assert taken() == 43
    domain._newest = 41
    assert taken() == 42


def test_the_numbers_begin_anew_after_100(monkeypatch):
    monkeypatch.setattr(domain, "_newest", 99)
    assert [taken(), taken(), taken()] == [100, 1, 2]


@pytest.mark.parametrize("mine", ["42", "", "no number"])
def test_the_domain_of_the_user_is_left_to_the_users_robot(monkeypatch, mine):
    monkeypatch.setenv("ROS_DOMAIN_ID", mine)
    assert taken() == (43 if mine == "42" else 42)


def test_a_domain_in_which_any_node_is_is_left_to_it(monkeypatch):
    monkeypatch.setattr(domain, "_domains_with_ports", lambda: {42, 43})
    assert taken() == 44


def test_where_all_are_in_use_that_is_said(monkeypatch):
    monkeypatch.setattr(domain, "_domains_with_ports", lambda: set(range(1, 101)))
    with pytest.raises(NoFreeDomain, match="1 to 100 are all in use"):
        take_domain()
    assert os.environ["ROS_DOMAIN_ID"] == "0"


def test_a_bound_port_tells_of_its_domain(monkeypatch):
    """By the formula of the standard: domain 7 has the ports 9150 to 9399."""
    monkeypatch.undo()
    for port in (9150, 9399):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node:
            node.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            node.bind(("127.0.0.1", port))
            assert 7 in domain._domains_with_ports()
