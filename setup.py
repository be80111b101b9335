"""The pip route: the same CMake project that colcon builds, installed into a Python environment.

Built in isolation (`python -m build`, `pip install .`) it brings the ROS 2 wheels itself; with
`--no-build-isolation` it takes the ROS 2 of that environment, as `make setup` does. Metadata and
dependencies are in pyproject.toml, the version is in package.xml.
"""

import re
import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parent / "cmake"))
from cmake_wheel import CMakeDistribution, InstallWithCMake

package_xml = (Path(__file__).parent / "package.xml").read_text(encoding="utf-8")

setup(
    version=re.findall(r"<version>(.+)</version>", package_xml)[0],
    distclass=CMakeDistribution,
    cmdclass={"install_data": InstallWithCMake},
    packages=[],
)
