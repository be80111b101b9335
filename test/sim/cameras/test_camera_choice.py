import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.sim.cameras.choice import CameraChoice, choice_from_json, parse_range
from rt_grasp_ros.sim.scene import random_scene

SLANTED = CameraChoice(("d435", "d455"), (0.45, 1.2), (20.0, 45.0))


def test_the_camera_changes_nothing_else_of_a_scene():
    cell, slanted = random_scene(7, count=3), random_scene(7, count=3, cameras=SLANTED)
    assert (cell.objects, cell.light, cell.table) == (slanted.objects, slanted.light, slanted.table)
    assert cell.camera != slanted.camera
    assert cell.camera_profile.name == "cell"
    assert slanted.camera_profile.name in SLANTED.names


def test_heights_slants_and_cameras_are_drawn_from_their_ranges_and_the_middle_is_looked_at():
    drawn = [SLANTED.draw(seed) for seed in range(200)]
    heights_m = [pose.position_m[2] for _, pose in drawn]
    tilts_deg = [np.degrees(np.arccos(-pose.R_world_camera[2, 2])) for _, pose in drawn]
    assert 0.45 <= min(heights_m) < 0.55
    assert 1.1 < max(heights_m) <= 1.2
    assert 20 - 1e-6 <= min(tilts_deg) < 23
    assert 42 < max(tilts_deg) <= 45 + 1e-6
    assert {profile.name for profile, _ in drawn} == {"d435", "d455"}
    for _, pose in drawn:
        assert np.linalg.norm(np.subtract(pose.target_m, (0.5, 0.0, 0.0))) < 0.03
        # behind the robot its arm would hide the table
        assert pose.position_m[0] > 0.5 - 0.2 * 1.2 - 0.03


def test_slanted_up_is_up_and_from_above_it_is_away_from_the_robot():
    _, slanted = CameraChoice(("d435",), (0.7, 0.7), (45.0, 45.0)).draw(1)
    assert slanted.R_world_camera[2, 1] == pytest.approx(-np.sqrt(0.5))  # down in the picture
    _, above = CameraChoice(("d435",), (0.7, 0.7), (0.0, 0.0)).draw(1)
    assert above.R_world_camera[:, 1] == pytest.approx([-1, 0, 0])


def test_the_same_seed_draws_the_same_camera():
    assert SLANTED.draw(5) == SLANTED.draw(5)
    assert SLANTED.draw(5) != SLANTED.draw(6)


def test_choices_survive_json():
    for choice in (CameraChoice(), SLANTED):
        assert choice_from_json(choice.to_json()) == choice
    assert CameraChoice().is_cells
    assert not SLANTED.is_cells


@pytest.mark.parametrize(("text", "read"), [("0.7", (0.7, 0.7)), ("0.45:1.2", (0.45, 1.2))])
def test_ranges_are_read(text, read):
    assert parse_range(text) == read


@pytest.mark.parametrize("text", ["", "a", "1.2:0.45", "-1", "1:2:3", "nan", "0,7"])
def test_what_is_no_range_ends_in_a_sentence(text):
    with pytest.raises(RequestInvalid, match="no number or range"):
        parse_range(text)


@pytest.mark.parametrize(
    "arguments",
    [((),), (("polaroid",),), (("d435",), (0.1, 0.5)), (("d435",), None, (0.0, 80.0))],
)
def test_impossible_choices_are_refused(arguments):
    with pytest.raises(RequestInvalid):
        CameraChoice(*arguments)
