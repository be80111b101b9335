"""A source distribution holds all that CMake reads, so that a wheel can be built from it alone."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from catkin_pkg.package import parse_package

ROOT = Path(__file__).parents[1]
SHIPPED = (
    "action",
    "cmake",
    "config",
    "launch",
    "models",
    "msg",
    "requirements",
    "resource",
    "srv",
)
FILES = ("CMakeLists.txt", "package.xml", "pyproject.toml", "setup.py", "MANIFEST.in")
TEXTS = ("README.md", "CHANGELOG.md", "LICENSE", "NOTICE")
LEFTOVERS = ("__pycache__", "*.py[cod]", "*.egg-info", "build")


def files_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_source_distribution_holds_what_a_build_reads(tmp_path):
    tree = tmp_path / "tree"
    for name in (*SHIPPED, "rt_grasp_ros"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns(*LEFTOVERS))
    for name in (*FILES, *TEXTS):
        shutil.copy(ROOT / name, tree / name)
    held = files_below(tree)
    command = [sys.executable, "setup.py", "-q", "sdist", "--dist-dir", str(tmp_path / "dist")]
    subprocess.run(command, cwd=tree, check=True, timeout=280, stdout=subprocess.DEVNULL)
    (archive,) = (tmp_path / "dist").iterdir()
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert held - files_below(unpacked) == set()
    assert "rt_grasp_ros/py.typed" in held


def test_catkin_pkg_reads_package_xml():
    warnings = []
    package = parse_package(ROOT / "package.xml", warnings=warnings)
    package.validate(warnings=warnings)
    assert (package.name, package.package_format, warnings) == ("rt_grasp_ros", 3, [])


@pytest.mark.parametrize(
    ("told", "brought"),
    [
        ({}, {"rviz2", "control_msgs"}),
        ({"RT_GRASP_RVIZ": "0"}, {"control_msgs"}),
        (
            {"RT_GRASP_MOVEIT": "1"},
            {"rviz2", "control_msgs", "moveit_msgs", "moveit_py", "moveit_configs_utils"},
        ),
    ],
)
def test_what_rosdep_brings_of_moveit_and_rviz(told, brought):
    package = parse_package(ROOT / "package.xml")
    package.evaluate_conditions(told)
    needed = {each.name for each in package.exec_depends if each.evaluated_condition}
    choosable = {"rviz2", "control_msgs", "moveit_msgs", "moveit_py", "moveit_configs_utils"}
    assert needed & choosable == brought
