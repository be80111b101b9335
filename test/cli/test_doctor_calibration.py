"""`rt-grasp doctor --calibration` finds a camera that TF puts in the wrong place."""

import json
import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from rt_grasp_ros.cli.__main__ import main

FAMILY, MARKER_ID, SIZE_M = "DICT_4X4_50", 7, 0.12
HIGHER_M, TILT_DEG = 0.012, 1.5


def misplaced(T_base_camera):
    """Return the camera's pose 12 mm up and tilted by 1.5 degrees about base y."""
    wrong = T_base_camera.copy()
    turn = Rotation.from_euler("y", TILT_DEG, degrees=True).as_matrix()
    wrong[:3, :3] = turn @ T_base_camera[:3, :3]
    wrong[2, 3] += HIGHER_M
    return wrong


def calibrate(tmp_path, camera, *options):
    """Run the verb against a camera; returns its exit status and findings by check."""
    from posed_camera import PosedCamera
    from world import World

    world = World()
    world.add(PosedCamera(world, *camera))
    world.start()
    target = tmp_path / "report.json"
    try:
        status = main(
            ["doctor", "--calibration", "--pictures", "3", "--json", str(target), *options]
        )
    finally:
        world.stop()
    findings = json.loads(target.read_text())["findings"]
    return status, {finding["check"]: finding for finding in findings}


@pytest.mark.ros
@pytest.mark.sim
def test_a_misplaced_camera_of_the_cell_is_found(tmp_path):
    from shots import shot

    seen = shot(5, ("banana", "mug"))
    camera = (seen.rgb, seen.depth_m, seen.intrinsics, misplaced(seen.T_world_camera))
    status, findings = calibrate(tmp_path, camera)
    finding = findings["calibration: table"]
    assert (status, finding["status"]) == (1, "wrong")
    numbers = finding["numbers"]
    assert numbers["too_high_mm"] == pytest.approx(HIGHER_M * 1000, abs=1.0)
    assert numbers["tilt_deg"] == pytest.approx(TILT_DEG, abs=0.2)
    assert numbers["tilt_about_y_deg"] == pytest.approx(TILT_DEG, abs=0.2)
    assert numbers["pictures"] == 3


@pytest.mark.ros
def test_a_camera_in_its_place_passes_table_and_marker(tmp_path):
    from drawn_marker import draw_marker
    from tabletop import VGA, look_at_table, render_depth

    T_base_camera = look_at_table(0.7, 0.4, 0.2)
    T_base_marker = np.eye(4)
    T_base_marker[:3, :3] = Rotation.from_euler("z", math.radians(20)).as_matrix()
    T_base_marker[:2, 3] = [0.03, -0.02]
    rgb = draw_marker(VGA, T_base_camera, FAMILY, MARKER_ID, SIZE_M, T_base_marker)
    camera = (rgb, render_depth(VGA, T_base_camera, []), VGA, T_base_camera)
    marker = ["--fiducial-id", str(MARKER_ID), "--fiducial-size-m", str(SIZE_M)]
    pose = ["--fiducial-pose", "0.03", "-0.02", "0", "0", "0", "20"]
    status, findings = calibrate(tmp_path, camera, *marker, *pose)
    assert status == 0
    assert {finding["status"] for finding in findings.values()} == {"ok"}
    assert findings["calibration: fiducial"]["numbers"]["shift_mm"] < 1.0
    assert findings["calibration: fiducial"]["numbers"]["turn_deg"] < 0.2


@pytest.mark.ros
def test_a_profile_that_is_not_there_is_a_finding(tmp_path):
    target = tmp_path / "report.json"
    options = ["--robot", "nowhere.yaml", "--json", str(target)]
    assert main(["doctor", "--calibration", *options]) == 1
    (finding,) = json.loads(target.read_text())["findings"]
    assert finding["status"] == "wrong"
    assert "nowhere.yaml" in finding["message"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--pictures", "0"], "pictures"),
        (["--tolerance-mm", "-1"], "Tolerances"),
        (["--fiducial-id", "3"], "--fiducial-size-m"),
        (["--fiducial-id", "3", "--fiducial-size-m", "0", "--fiducial-pose", *"000000"], "marker"),
        (
            ["--fiducial-id", "3", "--fiducial-size-m", "1", "--fiducial-pose", *"00000", "nan"],
            "finite",
        ),
        (["--wait-s", "nan"], "--wait-s"),
    ],
)
def test_impossible_arguments_are_refused(options, said, capsys):
    assert main(["doctor", "--calibration", *options]) == 2
    assert said in capsys.readouterr().err
