"""Build the interface packages beside this file into this environment, where ROS 2 lacks them.

PyPI has no moveit_msgs and no control_msgs. The tests speak them with real clients and servers;
see README.md for where the definitions come from.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "cmake"))
from cmake_wheel import cmake_environment  # noqa: E402

PACKAGES = ("octomap_msgs", "object_recognition_msgs", "control_msgs", "moveit_msgs")
"""Each after what it needs."""


def comes_with_ros(package: str) -> bool:
    """Return whether it can be imported from elsewhere than where this script installs it."""
    spec = importlib.util.find_spec(package)  # without origin: the folder of definitions here
    return (
        spec is not None
        and spec.origin is not None
        and not Path(spec.origin).is_relative_to(sys.prefix)
    )


def install(package: str, build_root: Path) -> None:
    """Configure, build and install one package.

    Raises:
        subprocess.CalledProcessError: CMake failed; its output says why.
    """
    build_dir = build_root / package
    configure = [
        *("cmake", "-S", str(HERE / package), "-B", str(build_dir), "-G", "Ninja"),
        f"-DCMAKE_INSTALL_PREFIX={sys.prefix}",
        f"-DPython3_EXECUTABLE={sys.executable}",
        "-DCMAKE_BUILD_TYPE=Release",
    ]
    build = ["cmake", "--build", str(build_dir)]
    for step in (configure, build, ["cmake", "--install", str(build_dir)]):
        subprocess.run(
            step, env=cmake_environment(Path(sys.prefix)), check=True, stdout=subprocess.DEVNULL
        )


def main() -> None:
    """Install what ROS 2 lacks here; builds in the folder named on the command line."""
    for package in PACKAGES:
        if not comes_with_ros(package):
            print(f"==> {package}, which PyPI lacks", flush=True)
            install(package, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
