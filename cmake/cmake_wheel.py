"""Build a wheel from a CMake project: what `cmake --install` installs is what the wheel holds.

So pip and colcon install the same files. The CMake build directory outlives the wheel's, and a
rebuild takes seconds.
"""

import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

from setuptools import Command, Distribution
from setuptools.errors import SetupError

DISTRO_PATTERN = re.compile(r"ros-([a-z]+)-ament-cmake$")
RELATIVE_SHEBANG = (
    "#!/bin/sh\n"
    """'''exec' "$(dirname "$0")/../../bin/python" "$0" "$@"\n"""
    "' '''\n"
)
"""First lines of a program in lib/<package>/: the interpreter of the prefix that it lies in."""


def find_ros_wheels_distro() -> str | None:
    """Name the ROS distribution whose wheels the running environment holds.

    Returns:
        Its name, such as `"jazzy"`, or None where ROS 2 does not come from wheels.
    """
    for distribution in importlib.metadata.distributions():
        match = DISTRO_PATTERN.match(distribution.metadata["Name"])
        if match:
            return match.group(1)
    return None


def find_ros_prefix() -> Path | None:
    """Return the prefix that holds ROS 2: this environment's or an isolated build's, else None."""
    spec = importlib.util.find_spec("ament_package")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parents[4]  # <prefix>/lib/python3.x/site-packages/ament_package/


def cmake_environment(prefix: Path) -> dict[str, str]:
    """Give the environment in which CMake and ament find the ROS 2 wheels under `prefix`."""
    return os.environ | {
        "AMENT_PREFIX_PATH": str(prefix),
        "CMAKE_PREFIX_PATH": str(prefix),
        "PATH": f"{prefix / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }


class CMakeDistribution(Distribution):
    """A distribution whose files are all installed by CMake, for one platform and interpreter."""

    def has_ext_modules(self) -> bool:
        """Tag the wheel with the platform: the interfaces are compiled."""
        return True

    def has_data_files(self) -> bool:
        """Let the wheel be filled by `InstallWithCMake`."""
        return True


class InstallWithCMake(Command):
    """Configure, build and install a CMake project into the wheel's data, that is, its prefix."""

    user_options: ClassVar = [("install-dir=", "d", "where to install")]

    def initialize_options(self) -> None:
        """Leave the directory to the command `install`."""
        self.install_dir: Any = None

    def finalize_options(self) -> None:
        """Take over the directory that `install` chose for data."""
        self.set_undefined_options("install", ("install_data", "install_dir"))

    def get_outputs(self) -> list[str]:
        """List the installed files."""
        return [str(path) for path in Path(self.install_dir).rglob("*") if path.is_file()]

    def run(self) -> None:
        """Build incrementally and install.

        Raises:
            SetupError: ROS 2 is not in this environment, or CMake failed.
        """
        prefix = find_ros_prefix()
        if prefix is None:
            raise SetupError(
                "ROS 2 is not in this Python environment: run `make setup`, or first "
                "`pip install -r requirements/ros-jazzy.txt`, then "
                "`pip install --no-build-isolation .`"
            )
        name = self.distribution.get_name()
        distro = find_ros_wheels_distro()
        environment = os.environ if distro is None else cmake_environment(prefix)
        build_dir = Path("build", f"pip-{distro or 'ros'}-{sys.implementation.cache_tag}", name)
        configure = [
            *("cmake", "-S", ".", "-B", str(build_dir), "-G", "Ninja"),
            f"-DCMAKE_INSTALL_PREFIX={sys.prefix}",
            f"-DPython3_EXECUTABLE={sys.executable}",
            "-DCMAKE_BUILD_TYPE=Release",
            "-DBUILD_TESTING=OFF",
        ]
        cache = build_dir / "CMakeCache.txt"
        if cache.exists() and not _is_of(cache, prefix):
            configure.append("--fresh")
        for command in (
            configure,
            ["cmake", "--build", str(build_dir)],
            ["cmake", "--install", str(build_dir), "--prefix", self.install_dir],
        ):
            try:
                subprocess.run(command, env=environment, check=True)
            except FileNotFoundError as error:
                raise SetupError("CMake is missing: `pip install cmake ninja`") from error
            except subprocess.CalledProcessError as error:
                raise SetupError(f"{' '.join(command)} failed: its output is above") from error
        self._drop_build_leftovers(Path(self.install_dir))
        self._find_interpreter_by_place(Path(self.install_dir))

    def _find_interpreter_by_place(self, prefix: Path) -> None:
        """Have the programs of lib/<package>/ run in whatever environment the wheel comes into."""
        for path in prefix.glob(f"lib/{self.distribution.get_name()}/*"):
            text = path.read_text(encoding="utf-8")
            first = f"#!{sys.executable}\n"
            path.write_text(text.replace(first, RELATIVE_SHEBANG, 1), encoding="utf-8")

    def _drop_build_leftovers(self, prefix: Path) -> None:
        """Leave the metadata to pip and the byte code to the interpreter that installs."""
        for pattern in ("**/*.egg-info/*", "**/__pycache__/*"):
            for path in list(prefix.glob(pattern)):
                path.unlink()


def _is_of(cache: Path, ros_prefix: Path) -> bool:
    """Return whether a CMake cache holds the paths of this environment and of this ROS 2."""
    text = cache.read_text(encoding="utf-8")
    return f"={sys.prefix}\n" in text and f"{ros_prefix}/" in text
