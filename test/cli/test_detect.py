"""`rt-grasp detect` ends in a grasp or a clear reason, on made-up and on recorded pictures."""

import argparse
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest

from rt_grasp_ros.cli.detect import add_parser, detect
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import CheckpointInvalid
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer

DATA = Path(os.environ.get("RT_GRASP_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
RECORDINGS = DATA / "scenes"
REALSENSE_FOV_DEG = "55"  # horizontal, of a D435's colour stream at 640x480 (fx about 615)


@dataclass
class Oracle:
    """An engine that answers what it was told; None means that the object is absent."""

    boxes: list[tuple[float, float, float, float, float] | None]
    name: str = "oracle"
    asked: list = field(default_factory=list)

    def answer(
        self, image_rgb, command, max_candidates=1, on_text=None, history=(), is_cancelled=None
    ):
        self.asked.append((command, tuple(history)))
        height_px, width_px = image_rgb.shape[:2]
        answers = []
        for rank, box in enumerate(self.boxes[:max_candidates]):
            rectangle = None
            if box is not None:
                x, y, theta_deg, opening, jaw = box
                rectangle = GraspRectangle(
                    x, y, math.radians(theta_deg), opening, jaw, width_px, height_px
                )
            answers.append(Answer(f"It lies there, number {rank}.", rectangle, 1.0 / (rank + 1)))
        return answers


def ask(*options: str, boxes=((320.0, 240.0, 90.0, 60.0, 20.0),), load=None):
    """Run detect with an oracle for a model."""
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["detect", *options])
    arguments.model = "."
    return detect(arguments, load or (lambda folder: Oracle(list(boxes))))


@pytest.fixture
def picture(tmp_path):
    """Write a bar on a table, seen from straight above, and return the options that name it."""
    depth = np.full((480, 640), 700, np.uint16)
    depth[228:252, 200:440] = 660  # 27 mm across, 40 mm high
    cv2.imwrite(str(tmp_path / "depth.png"), depth)
    colour = np.full((480, 640, 3), 128, np.uint8)
    colour[depth < 700] = (20, 60, 200)
    cv2.imwrite(str(tmp_path / "color.png"), colour)
    return {
        "--color": str(tmp_path / "color.png"),
        "--depth": str(tmp_path / "depth.png"),
        "--intrinsics": "600 600 319.5 239.5",
        "--command": "grasp the bar",
        "--out": str(tmp_path / "out"),
    }


def flat(options: dict[str, str], **changes: str | None) -> list[str]:
    merged = options | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return [item for pair in merged.items() if pair[1] is not None for item in pair]


def test_a_grasp_in_pixels_and_in_metres(picture):
    result = ask(*flat(picture))
    assert result["error_code"] == ErrorCode.OK, result["error_message"]
    assert result["command"] == "grasp the bar"
    assert result["reasoning"] == "It lies there, number 0."
    assert result["rectangle"]["x_px"] == 320.0
    np.testing.assert_allclose(result["pose"]["position_m"], [0, 0, 0.688], atol=0.003)
    assert result["pose"]["frame_id"] == "camera_color_optical_frame"
    assert np.linalg.norm(result["pose"]["orientation_xyzw"]) == pytest.approx(1.0)
    assert 0.03 < result["opening_m"] < 0.05
    assert set(result["stages_s"]) == {"frame", "load", "model", "geometry", "show"}
    assert cv2.imread(result["picture"]).shape == (480, 640, 3)
    json.dumps(result, allow_nan=False)


def test_follow_ups_are_asked_about_the_same_picture_with_the_turns_before(picture):
    oracle, loads = Oracle([(320.0, 240.0, 90.0, 60.0, 20.0)]), []

    def load(folder):
        loads.append(folder)
        return oracle

    options = [*flat(picture), "--then", "by its end instead", "--then", "the other end"]
    result = ask(*options, load=load)
    assert result["error_code"] == ErrorCode.OK, result["error_message"]
    assert result["command"] == "the other end"
    assert [turn["command"] for turn in result["earlier"]] == [
        "grasp the bar",
        "by its end instead",
    ]
    assert result["earlier"][0]["rectangle"]["x_px"] == 320.0
    said = [[turn.command for turn in history] for _, history in oracle.asked]
    assert said == [[], ["grasp the bar"], ["grasp the bar", "by its end instead"]]
    _, history = oracle.asked[1]
    assert history[0].answer == "It lies there, number 0. x 0.500 y 0.375 theta 0.500 w 0.094"
    assert len(loads) == 1


def test_a_turn_that_fails_is_the_last_one(picture):
    result = ask(*flat(picture), "--then", "more to the left", boxes=[None])
    assert result["error_code"] == ErrorCode.OBJECT_NOT_FOUND
    assert result["command"] == "grasp the bar"
    assert result["earlier"] == []


def test_a_rejected_grasp_says_why_and_is_drawn(picture):
    result = ask(*flat(picture), boxes=[(320.0, 240.0, 0.0, 300.0, 20.0)])
    assert result["error_code"] == ErrorCode.OPENING_TOO_WIDE
    assert result["rectangle"]["opening_px"] == 300.0
    assert result["pose"] is None
    (candidate,) = result["candidates"]
    assert candidate["rejected_code"] == ErrorCode.OPENING_TOO_WIDE
    assert candidate["rejected_reason"] == result["error_message"]
    assert Path(result["picture"]).exists()
    json.dumps(result, allow_nan=False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"color": "absent.png"}, ErrorCode.NO_IMAGE),
        ({"depth": "absent.png"}, ErrorCode.NO_DEPTH),
        ({"intrinsics": None}, ErrorCode.INTRINSICS_INVALID),
        ({"intrinsics": "0 0 0 0"}, ErrorCode.INTRINSICS_INVALID),
        ({"command": "   "}, ErrorCode.COMMAND_EMPTY),
        ({"command": "grasp " * 2000}, ErrorCode.COMMAND_TOO_LONG),
        ({"command": "grasp \x00\x1b it"}, ErrorCode.COMMAND_NOT_TEXT),
        ({"candidates": "0"}, ErrorCode.REQUEST_INVALID),
        ({"out": "/dev/null/out"}, ErrorCode.REQUEST_INVALID),
    ],
)
def test_bad_input_has_its_code_and_a_sentence(picture, changes, code):
    result = ask(*flat(picture, **changes))
    assert result["error_code"] == code
    assert result["error_message"].endswith(".")


@pytest.mark.parametrize(
    ("depth", "code"),
    [
        (np.zeros((480, 640), np.uint16), ErrorCode.NO_DEPTH),
        (np.full((480, 640), np.nan, np.float32), ErrorCode.NO_DEPTH),
        (np.full((480, 640), 7, np.uint8), ErrorCode.ENCODING_UNKNOWN),
        (np.full((240, 320), 700, np.uint16), ErrorCode.SIZE_MISMATCH),
    ],
)
def test_bad_depth_has_its_code_and_a_sentence(picture, tmp_path, depth, code):
    path = tmp_path / "bad.tiff"
    cv2.imwrite(str(path), depth)
    result = ask(*flat(picture, depth=str(path)))
    assert result["error_code"] == code
    assert result["error_message"].endswith(".")


def test_an_absent_object_is_said_to_be_absent(picture):
    result = ask(*flat(picture), boxes=[None])
    assert result["error_code"] == ErrorCode.OBJECT_NOT_FOUND
    assert result["rectangle"] is None


def test_a_broken_checkpoint_is_a_reason_too(picture):
    def load(folder):
        raise CheckpointInvalid("The checkpoint is cut short; copy it again.")

    result = ask(*flat(picture), load=load)
    assert result["error_code"] == ErrorCode.CHECKPOINT_INVALID


def recording(color: str, depth: str, *camera: str) -> list[str]:
    """Return the options of a recording, or skip where the data is not there."""
    if not RECORDINGS.is_dir():
        pytest.skip(f"the recordings are not in {RECORDINGS}; RT_GRASP_DATA names their folder")
    files = ["--color", str(RECORDINGS / color), "--depth", str(RECORDINGS / depth)]
    return [*files, "--command", "grasp it", *camera]


@pytest.mark.parametrize("frame", ["00", "06", "12", "18", "24"])
def test_realsense_remote_is_grasped_across_its_body(frame, tmp_path):
    folder = "realsense_remote"
    options = recording(
        f"{folder}/{frame}-color.png", f"{folder}/{frame}-depth.png", "--fov-deg", REALSENSE_FOV_DEG
    )
    across, along = (365, 238, 62, 80, 30), (365, 238, -28, 200, 30)
    result = ask(*options, "--out", str(tmp_path), boxes=[along, across])
    assert result["error_code"] == ErrorCode.OK, result["error_message"]
    assert result["rectangle"]["x_px"] == 365
    assert result["reasoning"] == "It lies there, number 1."
    assert 0.055 < result["opening_m"] < 0.08, "the remote is some 50 mm wide"


@pytest.mark.parametrize("frame", ["00", "06", "12", "18", "24"])
def test_realsense_sugar_box_is_grasped_across_its_narrow_side_only(frame, tmp_path):
    folder = "realsense_sugarbox"
    options = recording(
        f"{folder}/{frame}-color.png", f"{folder}/{frame}-depth.png", "--fov-deg", REALSENSE_FOV_DEG
    )
    narrow, wide = (365, 55, 25, 140, 30), (365, 55, -40, 100, 30)
    result = ask(*options, "--out", str(tmp_path), boxes=[narrow])
    assert result["error_code"] == ErrorCode.OK, result["error_message"]
    assert result["opening_m"] - 0.016 == pytest.approx(0.045, abs=0.006), "the box is 45 mm deep"
    refused = ask(*options, "--out", str(tmp_path), boxes=[wide])
    assert refused["error_code"] == ErrorCode.OPENING_TOO_WIDE, "and 90 mm wide"


@pytest.mark.parametrize(
    ("camera", "box"), [(0, (312, 315, 80, 50, 20)), (1, (318, 210, 80, 50, 20))]
)
def test_torch_in_a_tote_with_its_calibrated_cameras(camera, box, tmp_path):
    options = recording(
        f"arc_tote/input-{camera}.color.png",
        f"arc_tote/input-{camera}.depth.png",
        "--intrinsics",
        str(RECORDINGS / f"arc_tote/camera-{camera}.intrinsics.txt"),
        "--depth-scale",
        "0.0001",
    )
    result = ask(*options, "--out", str(tmp_path), boxes=[box])
    assert result["error_code"] == ErrorCode.OK, result["error_message"]
    assert 0.025 < result["opening_m"] < 0.05, "the torch is some 20 mm thick"
