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
