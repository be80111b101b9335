"""`rt-grasp evaluate cameras` and the camera options of `evaluate sim`."""

import json

import pytest

from rt_grasp_ros.cli.__main__ import main

pytestmark = pytest.mark.sim

CAMERA = ["--camera", "d435", "--height-m", "0.6:0.8", "--tilt-deg", "20"]


def test_a_camera_is_measured_beside_the_cells(capsys):
    command = ["evaluate", "cameras", "--oracle", "--scenes", "1", *CAMERA, "--json", "-"]
    assert main(command) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["by_camera"].keys() == {"cell", "chosen"}
    assert report["by_camera"]["chosen"]["found_rate"] == 1.0
    assert report["chosen"] == {
        "names": ["d435"],
        "height_m": [0.6, 0.8],
        "tilt_deg": [20.0, 20.0],
        "with_room": False,
    }


def test_the_cells_evaluation_takes_a_camera_and_says_which(capsys):
    command = ["evaluate", "sim", "--oracle", "--objects", "1", "--scenes", "1", "--seed", "5"]
    assert main([*command, *CAMERA, "--json", "-"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["camera"]["names"] == ["d435"]
    assert report["lifted_rate"] == 1.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--camera", "polaroid"], "choose from cell"),
        (["--height-m", "near"], "no number or range"),
        (["--tilt-deg", "0:90"], "stay within"),
        (["--scenes", "0"], "at least one scene"),
    ],
)
def test_options_that_make_no_sense_end_in_a_sentence(options, words, capsys):
    assert main(["evaluate", "cameras", "--oracle", *options]) == 2
    assert words in capsys.readouterr().err
