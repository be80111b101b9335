"""tf2_msgs as a wheel, built as rt_grasp_ros itself is, for where `make setup` finds none."""

import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parents[1]))
from cmake_wheel import CMakeDistribution, InstallWithCMake

setup(
    name="tf2_msgs",
    version="0.36.0",
    description="The messages of tf2, for environments whose ROS 2 has no tf2_msgs",
    license="BSD-3-Clause",
    distclass=CMakeDistribution,
    cmdclass={"install_data": InstallWithCMake},
    packages=[],
)
