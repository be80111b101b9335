from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.motion.gripper import GripperProfile, load_gripper
from rt_grasp_ros.resources import share_path

PANDA_HAND = share_path("config/grippers/panda_hand.yaml")

LOADED = load_gripper(PANDA_HAND)


def load_changed(tmp_path: Path, **changes: object) -> GripperProfile:
    """Load the Panda's hand with some fields changed; None removes one."""
    fields = yaml.safe_load(PANDA_HAND.read_text()) | changes
    file = tmp_path / "hand.yaml"
    file.write_text(yaml.safe_dump({k: v for k, v in fields.items() if v is not None}))
    return load_gripper(file)


def test_perception_sees_the_same_gripper(gripper: GripperProfile):
    assert gripper.geometry == Gripper()


def test_the_hand_closes_along_its_y_axis(gripper: GripperProfile):
    assert gripper.T_tip_grasp[:3, 0].tolist() == [0, 1, 0]
    assert gripper.T_tip_grasp[:3, 2].tolist() == [0, 0, 1]


@given(st.floats(0.0, 0.08))
def test_opening_becomes_joints_and_back(opening_m: float):
    joints = LOADED.joint_positions(opening_m)
    assert joints.shape == (2,)
    assert joints.sum() == pytest.approx(opening_m)
    assert LOADED.opening_m(joints) == pytest.approx(opening_m, abs=1e-9)


def test_a_motion_takes_as_long_as_the_speed_says(gripper: GripperProfile):
    motion = gripper.trajectory(0.08, 0.02)
    assert motion.duration_s == pytest.approx(0.06 / gripper.speed_m_s)
    assert np.allclose(motion.end, 0.01)
    assert gripper.trajectory(0.02, 0.02).duration_s > 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"joints": []}, "joints"),
        ({"joints": "finger"}, "joints"),
        ({"command_type": "telepathy"}, "joint_trajectory"),
        ({"speed_m_s": 0.0}, "speed_m_s"),
        ({"speed_m_s": "fast"}, "speed_m_s|not supported"),
        ({"min_held_opening_m": 0.2}, "min_held_opening_m"),
        ({"max_effort": -1.0}, "max_effort"),
        ({"joint_map": None}, "joint_map"),
        ({"joint_map": {"opening_m": [0.0, 0.08]}}, "joint"),
        ({"joint_map": {"opening_m": [0.0], "joint": [0.0]}}, "two openings"),
        ({"joint_map": {"opening_m": [0.08, 0.0], "joint": [0.0, 0.04]}}, "must increase"),
        ({"joint_map": {"opening_m": [0.0, 0.06], "joint": [0.0, 0.03]}}, "max_opening_m"),
        ({"joint_map": {"opening_m": [0.0, 0.08], "joint": [0.0, 0.0]}}, "all the way"),
        ({"joint_map": {"opening_m": [0.0, 0.08], "joint": [0.0]}}, "joint_map.joint"),
        ({"colour": "white"}, "colour"),
        ({"geometry": {"max_opening_m": 0.08}}, "finger_depth_m"),
        ({"geometry": 3}, "geometry|iterable"),
        ({"tip_to_grasp": None}, "tip_to_grasp"),
        ({"tip_to_grasp": {"rotation": [[1, 0, 0]] * 3, "translation_m": [0, 0, 0]}}, "rotation"),
        ({"tip_to_grasp": {"rotation": np.eye(3).tolist(), "translation_m": [0]}}, "translation"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(tmp_path: Path, changes: dict, named: str):
    with pytest.raises(ProfileInvalid, match=named):
        load_changed(tmp_path, **changes)


def test_negative_and_infinite_sizes_are_refused(tmp_path: Path):
    geometry = yaml.safe_load(PANDA_HAND.read_text())["geometry"]
    for size_m in (-0.01, float("inf")):
        with pytest.raises(ProfileInvalid, match="finger_depth_m"):
            load_changed(tmp_path, geometry=geometry | {"finger_depth_m": size_m})


def test_a_file_that_is_missing_or_no_mapping_is_refused(tmp_path: Path):
    with pytest.raises(ProfileInvalid, match="can't be read"):
        load_gripper(tmp_path / "none.yaml")
    (tmp_path / "list.yaml").write_text("- 1\n- 2\n")
    with pytest.raises(ProfileInvalid, match="mapping"):
        load_gripper(tmp_path / "list.yaml")


MIRRORED = {"opening_m": [0.0, 0.08], "joint": [[0.015, -0.015], [0.037, -0.037]]}


def test_mirrored_fingers_have_a_column_each(tmp_path: Path):
    gripper = load_changed(tmp_path, joint_map=MIRRORED)
    assert gripper.joint_positions(0.08).tolist() == [0.037, -0.037]
    assert gripper.joint_positions(0.0).tolist() == [0.015, -0.015]
    assert gripper.opening_m(np.array([0.037, -0.037])) == pytest.approx(0.08)
    assert gripper.opening_m(np.array([0.015, -0.015])) == pytest.approx(0.0)
    assert gripper.opening_m(np.array([0.026, -0.026])) == pytest.approx(0.04)


@pytest.mark.parametrize(
    "measured", [[0.037, -0.037], [-0.037, 0.037], [0.037, 0.8], [0.037, 37.0]]
)
def test_a_finger_where_the_map_knows_no_opening_is_named(tmp_path: Path, measured: list[float]):
    gripper = load_changed(tmp_path, joint_map={"opening_m": [0.0, 0.08], "joint": [0.015, 0.037]})
    wrong = "panda_finger_joint1" if measured[0] < 0 else "panda_finger_joint2"
    with pytest.raises(ProfileInvalid, match=f"'{wrong}' stands at"):
        gripper.opening_m(np.array(measured))


def test_fingers_a_little_beyond_their_ends_are_at_them(gripper: GripperProfile):
    assert gripper.opening_m(np.array([0.0415, 0.0415])) == pytest.approx(0.08)
    assert gripper.opening_m(np.array([-0.001, -0.001])) == 0.0


def test_only_what_its_controller_takes_is_commanded(gripper: GripperProfile):
    assert gripper.joints == ("panda_finger_joint1", "panda_finger_joint2")
    motion = gripper.trajectory(0.08, 0.02)
    assert motion.names == ("panda_finger_joint1",)
    assert motion.positions.tolist() == [[0.04], [0.01]]


def test_the_other_fingers_go_along_each_by_its_own_column(tmp_path: Path):
    gripper = load_changed(tmp_path, joint_map=MIRRORED)
    first = gripper.trajectory(0.0, 0.08)
    assert first.names == ("panda_finger_joint1",)
    second = gripper.along(first, ("panda_finger_joint2",))
    assert second.names == ("panda_finger_joint2",)
    assert second.positions.tolist() == [[-0.015], [-0.037]]
    assert second.times_s.tolist() == first.times_s.tolist()
    back = gripper.along(second, ("panda_finger_joint1", "panda_finger_joint2"))
    assert np.allclose(back.positions, [[0.015, -0.015], [0.037, -0.037]])


@pytest.mark.parametrize(
    ("command_type", "commanded"),
    [
        ("joint_trajectory", ("panda_finger_joint1", "panda_finger_joint2")),
        ("gripper_command", ("panda_finger_joint1",)),
        ("parallel_gripper_command", ("panda_finger_joint1",)),
    ],
)
def test_a_profile_that_does_not_say_commands_what_its_interface_takes(
    tmp_path: Path, command_type: str, commanded: tuple[str, ...]
):
    gripper = load_changed(tmp_path, commanded_joints=None, command_type=command_type)
    assert gripper.commanded_joints == commanded


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"commanded_joints": ["thumb"]}, "'thumb', which joints does not"),
        ({"commanded_joints": []}, "commanded_joints must name at least one"),
        (
            {
                "command_type": "parallel_gripper_command",
                "commanded_joints": ["panda_finger_joint1", "panda_finger_joint2"],
            },
            "parallel_gripper_command takes one joint",
        ),
        ({"joint_map": {"opening_m": [0.0, 0.08], "joint": [[0.0], [0.04]]}}, "shape"),
        ({"joint_map": {"opening_m": [0.0, 0.08], "joint": [[0.0, 0.0]]}}, "shape"),
        (
            {"joint_map": {"opening_m": [0.0, 0.08], "joint": [[0.0, 0.0], [0.04, 0.0]]}},
            "all the way",
        ),
    ],
)
def test_what_is_commanded_and_mapped_must_fit_the_joints(
    tmp_path: Path, changes: dict, named: str
):
    with pytest.raises(ProfileInvalid, match=named):
        load_changed(tmp_path, **changes)
