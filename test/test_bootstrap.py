import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.bootstrap import ros_environment

ROOT = Path(__file__).parents[1]
PRINT_VARIABLES = """
import os
from rt_grasp_ros.bootstrap import enter_ros_environment
enter_ros_environment()
import sys
print(sys.argv[1:], os.environ.get("AMENT_PREFIX_PATH"), os.environ.get("RMW_IMPLEMENTATION"))
"""


@pytest.fixture
def prefix(tmp_path):
    for name in ("ros_rcl", "ros_rclpy"):
        (tmp_path / f"lib/python3.11/site-packages/{name}.libs").mkdir(parents=True)
    return tmp_path


def test_adds_every_directory_of_libraries(prefix):
    environment = ros_environment({}, prefix)
    packages = prefix / "lib/python3.11/site-packages"
    assert environment["LD_LIBRARY_PATH"].split(":") == [
        str(prefix / "lib"),
        str(packages / "ros_rcl.libs"),
        str(packages / "ros_rclpy.libs"),
    ]
    assert environment["AMENT_PREFIX_PATH"] == str(prefix)
    assert environment["RMW_IMPLEMENTATION"] == "rmw_fastrtps_cpp"


def test_keeps_what_is_set_behind_what_it_adds(prefix):
    environment = ros_environment(
        {
            "LD_LIBRARY_PATH": "/one:/two",
            "AMENT_PREFIX_PATH": "/overlay",
            "RMW_IMPLEMENTATION": "rmw_cyclonedds_cpp",
            "HOME": "/home/someone",
        },
        prefix,
    )
    assert environment["LD_LIBRARY_PATH"].endswith(":/one:/two")
    assert environment["AMENT_PREFIX_PATH"] == f"{prefix}:/overlay"
    assert environment["RMW_IMPLEMENTATION"] == "rmw_cyclonedds_cpp"
    assert "ROS_LOG_DIR" not in environment


def test_gives_the_log_a_place_where_there_is_no_home(prefix):
    assert "ROS_LOG_DIR" in ros_environment({}, prefix)
    assert "ROS_LOG_DIR" not in ros_environment({"ROS_HOME": "/var/ros"}, prefix)


@given(
    st.dictionaries(
        st.sampled_from(["LD_LIBRARY_PATH", "AMENT_PREFIX_PATH", "HOME", "PATH"]),
        st.lists(st.sampled_from(["/a", "/b", "", "/tmp"]), max_size=4).map(":".join),
    )
)
def test_a_second_pass_changes_nothing(variables):
    prefix = Path(sys.prefix)
    once = ros_environment(variables, prefix)
    assert ros_environment(once, prefix) == once


def run_python(*arguments, **variables):
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments],
        env=bare | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.ros
def test_enters_without_anything_activated_and_keeps_the_arguments():
    done = run_python("-c", PRINT_VARIABLES, "--seed", "two words")
    assert done.returncode == 0, done.stderr
    assert "['--seed', 'two words']" in done.stdout


@pytest.mark.ros
def test_rclpy_imports_in_a_child_of_another_environment():
    # What a child of another environment of wheels inherits: their mark, not our libraries.
    inherited = {"_ROS_WHEELS_BOOTSTRAP_COMPLETE": "1", "LD_LIBRARY_PATH": "/elsewhere/lib"}
    script = PRINT_VARIABLES + "import rclpy; rclpy.init(); print('initialised')"
    done = run_python("-c", script, **inherited)
    assert done.returncode == 0, done.stderr
    assert "initialised" in done.stdout


@pytest.mark.ros
def test_runs_a_command_in_the_environment():
    done = run_python(
        "-m", "rt_grasp_ros.bootstrap", sys.executable, "-c", "import rclpy; rclpy.init()"
    )
    assert done.returncode == 0, done.stderr


def test_says_how_it_is_used():
    done = run_python("-m", "rt_grasp_ros.bootstrap")
    assert done.returncode == 1
    assert "usage" in done.stderr
