"""Every robot and gripper that is shipped, and the templates, which are to be filled in."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import yaml
from poses import NOTHING

from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.motion.cloud import RobotFilter
from rt_grasp_ros.motion.collision import CollisionChecker, RobotShape
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.planning_scene import PlanningScene
from rt_grasp_ros.motion.profile import names
from rt_grasp_ros.motion.robot import load_robot
from rt_grasp_ros.resources import share_path

PAIRS = {"panda": "panda_hand", "fr3": "fr3_hand", "ur5e": "robotiq_2f_85"}
GRIPPERS = sorted([*PAIRS.values(), "panda_hand_action"])


def robot_of(name):
    return load_robot(share_path(f"config/robots/{name}.yaml"))


def gripper_of(name):
    return load_gripper(share_path(f"config/grippers/{name}.yaml"))


def names_in(folder):
    return {path.stem for path in share_path(f"config/{folder}").glob("*.yaml")} - {"template"}


@pytest.mark.parametrize("values", ["abc", ["a", 2], None, {"a": 1}])
def test_names_are_a_list_of_texts(values):
    with pytest.raises(ValueError, match=r"^joints must be a list of names$"):
        names(values, "joints")


@pytest.mark.parametrize("values", [[], ["a", "b", "a"]])
def test_names_are_there_and_differ(values):
    with pytest.raises(ValueError, match="at least one, none of them twice"):
        names(values, "joints")
    assert names(["a", "b"], "joints") == ("a", "b")


def test_every_shipped_profile_is_looked_at_here():
    assert names_in("robots") == set(PAIRS)
    assert names_in("grippers") == set(GRIPPERS)


@pytest.mark.parametrize("name", PAIRS)
def test_an_arm_is_free_at_home_with_its_gripper_at_any_opening(name):
    robot, gripper = robot_of(name), gripper_of(PAIRS[name])
    shape = RobotShape(robot)
    for opening_m in (0.0, 0.04, gripper.max_opening_m):
        scene = PlanningScene(NOTHING, np.empty(0, bool), 0.0, opening_m)
        checker = CollisionChecker(shape, gripper, scene, may_touch_target=False)
        assert checker.is_free(robot.home_rad), checker.contacts(robot.home_rad)


@pytest.mark.parametrize("name", PAIRS)
def test_every_link_that_is_drawn_has_a_material(name):
    """RViz draws a visual without one red, as it draws what has an error."""
    root = ElementTree.fromstring(robot_of(name).urdf_text)
    known = {material.get("name") for material in root.findall("material")}
    visuals = root.findall("link/visual")
    assert len(visuals) >= 10
    assert {visual.find("material").get("name") for visual in visuals} <= known
    for colour in root.findall("material/color"):
        red, green, blue, alpha = map(float, colour.get("rgba").split())
        assert alpha == 1.0
        assert max(red, green, blue) - min(red, green, blue) < 0.1


@pytest.mark.parametrize("name", PAIRS)
def test_an_arm_reaches_the_table_before_it(name):
    robot, gripper = robot_of(name), gripper_of(PAIRS[name])
    T_base_grasp = np.diag([1.0, -1.0, -1.0, 1.0])
    T_base_grasp[:3, 3] = 0.45, 0.0, 0.05
    T_base_tip = T_base_grasp @ np.linalg.inv(gripper.T_tip_grasp)
    kinematics = Kinematics(robot)
    found = kinematics.solve_all(T_base_tip, robot.home_rad)
    scene = PlanningScene(NOTHING, np.empty(0, bool), 0.0, 0.05)
    checker = CollisionChecker(RobotShape(robot), gripper, scene, may_touch_target=False)
    assert any(checker.is_free(positions) for positions in found)


@pytest.mark.parametrize("name", PAIRS)
def test_the_grasp_frame_lies_between_the_fingers(name):
    """Points beside the origin, further out than the opening, belong to the fingers."""
    robot, gripper = robot_of(name), gripper_of(PAIRS[name])
    T_base_grasp = Kinematics(robot).tip_pose(robot.home_rad) @ gripper.T_tip_grasp
    opening_m = 0.02
    beside = opening_m / 2 + gripper.geometry.finger_thickness_m / 2
    there = T_base_grasp @ np.array([[beside, 0, 0, 1], [-beside, 0, 0, 1], [0, 0.1, 0, 1]]).T
    kept = RobotFilter(RobotShape(robot), gripper).without_robot(
        there[:3].T, robot.home_rad, opening_m
    )
    assert np.allclose(kept, there[:3, 2])


@pytest.mark.parametrize("name", GRIPPERS)
def test_openings_survive_the_way_over_the_joints(name):
    gripper = gripper_of(name)
    for opening_m in np.linspace(0.0, gripper.max_opening_m, 30):
        assert gripper.opening_m(gripper.joint_positions(opening_m)) == pytest.approx(opening_m)


def test_the_2f_85_opens_along_the_arc_of_its_linkage():
    """Distance of the pads by the lengths of ros2_robotiq_gripper's URDF, angle by the table."""
    gripper = gripper_of("robotiq_2f_85")
    angle = np.linspace(0.0, 0.8, 81)
    pads_m = 2 * (0.03060114 + 0.0371575 * np.cos(angle) - 0.04342168 * np.sin(angle) - 0.0253)
    table_m = [gripper.opening_m(np.array([knuckle])) for knuckle in angle]
    assert np.allclose(table_m, pads_m, atol=2e-4)


def test_fingers_that_mimic_go_with_the_others():
    robot, gripper = robot_of("ur5e"), gripper_of("robotiq_2f_85")
    joints = gripper.joint_positions(0.0)
    configuration = robot.configuration(gripper.joints, joints)
    right = configuration[robot.columns(("robotiq_85_right_knuckle_joint",))]
    assert right == pytest.approx(-joints)


@pytest.mark.parametrize("folder", ["robots", "grippers"])
def test_a_template_has_every_field(folder):
    """It names what a shipped profile names; the robot's files are left to be filled in."""
    shipped = "panda" if folder == "robots" else "panda_hand"
    texts = [share_path(f"config/{folder}/{name}.yaml") for name in ("template", shipped)]
    template, whole = (yaml.safe_load(text.read_text()) for text in texts)
    assert template.keys() == whole.keys()
    if folder == "grippers":
        assert load_gripper(texts[0]).name == "my_gripper"
    else:
        with pytest.raises(ProfileInvalid, match=r"my_arm\.urdf"):
            load_robot(texts[0])
