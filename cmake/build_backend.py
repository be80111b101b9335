"""The build backend: setuptools', which also brings ROS 2 into an isolated build environment.

So `python -m build` and `pip install .` work on a machine without ROS; with `ROS_DISTRO` another
distribution's wheels are taken.
"""

import importlib.util
import os
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403  # the other hooks of PEP 517

REQUIREMENTS = Path(__file__).parents[1] / "requirements"


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Name what a wheel is built with: the wheels of ROS 2, unless ROS 2 is there already."""
    required: list[str] = build_meta.get_requires_for_build_wheel(config_settings)
    if os.environ.get("AMENT_PREFIX_PATH") or importlib.util.find_spec("ament_package"):
        return required
    distro = os.environ.get("ROS_DISTRO", "jazzy")
    lines = (REQUIREMENTS / f"ros-{distro}.txt").read_text(encoding="utf-8").splitlines()
    return required + [line for line in lines if line and not line.startswith("#")]
