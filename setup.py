"""The pip route: the same CMake project that colcon builds, installed into a Python environment.

Needs the ROS 2 wheels (or a sourced ROS 2) in that environment, so `--no-build-isolation`;
`make setup` does all of it. Metadata and dependencies are in pyproject.toml.
"""

import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parent / "cmake"))
from cmake_wheel import CMakeDistribution, InstallWithCMake

setup(distclass=CMakeDistribution, cmdclass={"install_data": InstallWithCMake}, packages=[])
