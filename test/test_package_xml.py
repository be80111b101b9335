"""`package.xml` is right, and brings what a robot needs and no more."""

from pathlib import Path

import pytest
from catkin_pkg.package import parse_package

ROOT = Path(__file__).parents[1]


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
