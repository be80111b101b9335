"""A ROS domain that nobody else on this machine is in, for as long as this process lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from ...grasp.errors import RtGraspError

DOMAINS = range(1, 101)
"""Not 0, the default; the ports of higher ones than these may be taken by anybody on Linux."""

_LOCK = "\0rt_grasp_ros_domain_"
_FIRST_PORT, _PORTS_PER_DOMAIN = 7400, 250  # DDSI-RTPS 2.5, 9.6.2.3

_held: socket.socket | None = None
_newest = os.getpid() % len(DOMAINS)


class NoFreeDomain(RtGraspError):
    """Other processes use every ROS domain."""

    def __init__(self) -> None:
        super().__init__(
            f"ROS domains {DOMAINS[0]} to {DOMAINS[-1]} are all in use on this machine; end other "
            "ROS processes, such as nodes that were left behind."
        )


def take_domain() -> None:
    """Put nodes and processes that are made from now on into a domain that nobody else is in.

    The domain is in the environment, as `ROS_DOMAIN_ID`. It is neither the one that was there, in
    which a robot of the user's may be, nor one that this process had before: destroyed nodes stay
    in a graph for as long as anything still holds a part of them. A socket's name keeps other
    callers out until this process ends or takes another domain; ports tell of all other nodes.

    Raises:
        NoFreeDomain: every domain is in use.
    """
    global _held, _newest
    before, used = os.environ.get("ROS_DOMAIN_ID"), _domains_with_ports()
    for _ in DOMAINS:
        _newest = _newest % len(DOMAINS) + 1
        lock = None if _newest in used or str(_newest) == before else _lock(_newest)
        if lock is None:
            continue
        if _held is not None:
            _held.close()
        _held = lock
        os.environ["ROS_DOMAIN_ID"] = str(_newest)
        return
    raise NoFreeDomain


def _lock(domain: int) -> socket.socket | None:
    """Return what holds a domain until it is closed, None where another one holds it.

    An abstract socket is nobody's file, belongs to all users, and is seen where the ports are.
    """
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        lock.bind(f"{_LOCK}{domain}")
    except OSError:
        lock.close()
        return None
    return lock


def _domains_with_ports() -> set[int]:
    """Return the domains of which a port is bound on this machine."""
    ports: set[int] = set()
    for table in map(Path, ("/proc/net/udp", "/proc/net/udp6")):
        if table.exists():
            lines = table.read_text(encoding="ascii").splitlines()[1:]
            ports |= {int(line.split()[1].rpartition(":")[2], 16) for line in lines}
    return {(port - _FIRST_PORT) // _PORTS_PER_DOMAIN for port in ports}
