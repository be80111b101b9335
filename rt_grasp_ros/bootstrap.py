"""Enter the environment in which rclpy finds its libraries, without activating anything.

The ROS 2 wheels of PyPI spread their shared libraries over the environment, and the dynamic linker
looks for them only where `LD_LIBRARY_PATH` said when the interpreter started. Where it said wrong,
the interpreter is started once more. (The wheels' own `ros_wheels_bootstrapper` does that too, but
not in a child of another environment's interpreter, and it leaves the ament index alone.) On a
sourced ROS installation nothing is to be done.

`python -m rt_grasp_ros.bootstrap COMMAND [ARGUMENT ...]` runs any command in that environment.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

# Holds the id of the process that was started again; children have other ids.
_REEXECUTED_KEY = "RT_GRASP_REEXECUTED_PID"


def runs_on_wheels(prefix: Path) -> bool:
    """Tell whether `import rclpy` would load the wheels installed under `prefix`.

    Args:
        prefix: the Python environment, normally `sys.prefix`.
    """
    spec = importlib.util.find_spec("rclpy")
    if spec is None or spec.origin is None:
        return False
    return Path(spec.origin).is_relative_to(prefix) and bool(_wheel_libraries(prefix))


def ros_environment(environment: Mapping[str, str], prefix: Path) -> dict[str, str]:
    """Add what the wheels under `prefix` need to an environment.

    Search paths are prepended where a directory is missing; other variables that are set are kept.

    Args:
        environment: the variables to start from, normally `os.environ`.
        prefix: the Python environment that holds the wheels.

    Returns:
        A new environment; equal to the given one where that one was complete.
    """
    added = dict(environment)
    libraries = [str(prefix / "lib"), *map(str, _wheel_libraries(prefix))]
    added["LD_LIBRARY_PATH"] = _with_directories(environment.get("LD_LIBRARY_PATH"), libraries)
    added["AMENT_PREFIX_PATH"] = _with_directories(
        environment.get("AMENT_PREFIX_PATH"), [str(prefix)]
    )
    added.setdefault("RMW_IMPLEMENTATION", "rmw_fastrtps_cpp")
    if not {"HOME", "ROS_HOME", "ROS_LOG_DIR"} & added.keys():
        added["ROS_LOG_DIR"] = str(Path(tempfile.gettempdir(), f"ros-log-{os.getuid()}"))
    return added


def enter_ros_environment() -> None:
    """Set the variables that the ROS 2 wheels need, starting the interpreter again if it must be.

    Call it before anything imports rclpy. Where `LD_LIBRARY_PATH` lacks the wheels' directories it
    does not return: the process goes on as the new interpreter.

    Raises:
        SystemExit: the variables do not survive the start of the interpreter.
    """
    prefix = Path(sys.prefix)
    if not runs_on_wheels(prefix):
        return
    environment = ros_environment(os.environ, prefix)
    if environment["LD_LIBRARY_PATH"] == os.environ.get("LD_LIBRARY_PATH"):
        os.environ.update(environment)
        return
    if os.environ.get(_REEXECUTED_KEY) == str(os.getpid()):
        sys.exit(
            f"{sys.executable} drops LD_LIBRARY_PATH when it starts: "
            "run the interpreter itself, not a wrapper that clears its environment."
        )
    environment[_REEXECUTED_KEY] = str(os.getpid())
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606


def _wheel_libraries(prefix: Path) -> list[Path]:
    """List the directories of shared libraries that the wheels under `prefix` bring."""
    return sorted(prefix.glob("lib/python3.*/site-packages/ros_*.libs"))


def _with_directories(search_path: str | None, directories: list[str]) -> str:
    """Prepend the directories that a search path lacks."""
    present = [entry for entry in (search_path or "").split(os.pathsep) if entry]
    missing = [directory for directory in directories if directory not in present]
    return os.pathsep.join([*missing, *present]) if missing else search_path or ""


def main() -> None:
    """Run the command of the command line in the environment for ROS 2; never returns."""
    if len(sys.argv) < 2:
        sys.exit("usage: python -m rt_grasp_ros.bootstrap COMMAND [ARGUMENT ...]")
    prefix = Path(sys.prefix)
    environment = dict(os.environ)
    if runs_on_wheels(prefix):
        environment = ros_environment(environment, prefix)
    os.execvpe(sys.argv[1], sys.argv[1:], environment)  # noqa: S606


if __name__ == "__main__":
    main()
