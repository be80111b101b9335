"""Private names of rclpy, which the work-arounds of this folder can't do without.

rclpy may rename them in any version. What is not there is warned of once and done without: nodes
run on, with the fault that the work-around is for. `KNOWN` says which versions have them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.logging import get_logger

KNOWN = ("7.1", "9.1")
"""Versions of rclpy that have every name: Jazzy's, which the tests run with, and
Kilted's, of which the sources were read."""

# rclpy exports its errors nowhere else.
RCLError: type[Exception] = rclpy_implementation.RCLError
RCLInvalidROSArgsError: type[Exception] = rclpy_implementation.RCLInvalidROSArgsError


def private(owner: Any, name: str, otherwise: Any) -> Any:
    """Return a private attribute of an object of rclpy's.

    Args:
        owner: the object.
        name: of the attribute.
        otherwise: returned, with a warning in the log, where this rclpy has none of that name.
    """
    try:
        return getattr(owner, name)
    except AttributeError:
        _warn(type(owner).__name__, name)
        return otherwise


@cache
def _warn(owner: str, name: str) -> None:
    get_logger("rt_grasp_ros").warning(
        f"This rclpy has no {owner}.{name}, so a fault of rclpy is not worked around; use one of "
        f"the versions that have it: {', '.join(KNOWN)}."
    )
