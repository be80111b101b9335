"""Grasps from Python, as the README's five lines ask for them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from rt_grasp_ros.api import Grasper, example, load
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def grasper():
    return load()


class Recorder:
    name = "recorder"

    def __init__(self):
        self.asked = []

    def answer(self, image_rgb, command, max_candidates=1, on_text=None, history=(), **_):
        self.asked.append((command, max_candidates, [turn.command for turn in history]))
        if on_text:
            on_text("It lies")
        return [Answer("It lies there.", GraspRectangle(160, 120, 0, 40, 20, 320, 240), 0.5)]


def box():
    depth_m = np.full((240, 320), 0.7)
    depth_m[80:160, 151:169] = 0.65
    image_rgb = np.full((240, 320, 3), 90, np.uint8)
    image_rgb[depth_m < 0.7] = (200, 60, 20)
    return image_rgb, depth_m, (300.0, 300.0, 159.5, 119.5)


def test_the_example_has_a_grasp_that_can_be_printed_drawn_and_written(grasper):
    image_rgb, depth_m, intrinsics = example()
    found = grasper.detect(image_rgb, depth_m, intrinsics, "grasp the mug by its handle")
    assert found.error_code is ErrorCode.OK, found.error_message
    assert found.grasp is found.candidates[0].grasp
    assert found.grasp.T_camera_grasp.shape == (4, 4)
    assert 0.02 < found.grasp.opening_m <= 0.08
    assert found.reasoning in str(found)
    assert "black" not in found.reasoning  # it is brown, and dark
    assert f"opening {found.grasp.opening_m * 1000:.0f} mm" in str(found)
    written = json.loads(found.to_json())
    assert written["error_code"] == 0
    assert written["pose"]["position_m"] == pytest.approx(found.grasp.position_m.tolist())
    assert len(written["candidates"]) == len(found.candidates)
    drawing = found.drawing()
    assert drawing.shape == image_rgb.shape
    assert (drawing != image_rgb).any()


def test_the_lines_of_the_readme_do_what_it_says(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", lines],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "mug" in done.stdout
    assert "opening" in done.stdout
    assert cv2.imread(str(tmp_path / "grasp.png")).shape == (480, 640, 3)


@pytest.mark.parametrize("name", ["grasp", "grasp.docx", "file/grasp.png"])
def test_a_picture_that_can_not_be_written_is_said(tmp_path, name):
    (tmp_path / "file").write_text("")
    found = Grasper(Recorder(), Gripper()).detect(*box(), "grasp the box")
    with pytest.raises(RequestInvalid):
        found.save(tmp_path / name)


@pytest.mark.parametrize(
    "intrinsics",
    [
        (300.0, 300.0, 159.5, 119.5),
        np.array([[300.0, 0, 159.5], [0, 300.0, 119.5], [0, 0, 1]]),
        Intrinsics(300.0, 300.0, 159.5, 119.5, 320, 240),
    ],
    ids=["numbers", "matrix", "intrinsics"],
)
def test_intrinsics_may_be_numbers_a_matrix_or_an_object(intrinsics):
    image_rgb, depth_m, _ = box()
    found = Grasper(Recorder(), Gripper()).detect(image_rgb, depth_m, intrinsics, "grasp the box")
    assert found.error_code is ErrorCode.OK, found.error_message
    assert found.grasp.position_m[:2] == pytest.approx([0.0, 0.0], abs=1e-3)


def test_a_dialogue_remembers_and_another_does_not():
    engine = Recorder()
    grasper = Grasper(engine, Gripper())
    dialogue = grasper.dialogue()
    dialogue.detect(*box(), "grasp the box", max_candidates=2)
    dialogue.detect(*box(), "by its lid instead")
    grasper.detect(*box(), "grasp the box")
    assert [history for _, _, history in engine.asked] == [[], ["grasp the box"], []]
    assert engine.asked[0][1] == 2


def test_the_reasoning_is_heard_while_it_grows():
    heard = []
    Grasper(Recorder(), Gripper()).detect(*box(), "grasp the box", on_text=heard.append)
    assert heard == ["It lies"]


IMAGE, DEPTH, NUMBERS = box()


@pytest.mark.parametrize(
    ("image_rgb", "depth_m", "intrinsics", "command", "code"),
    [
        (IMAGE, DEPTH, NUMBERS, "", ErrorCode.COMMAND_EMPTY),
        (IMAGE / 255.0, DEPTH, NUMBERS, "grasp the box", ErrorCode.REQUEST_INVALID),
        (IMAGE[..., 0], DEPTH, NUMBERS, "grasp the box", ErrorCode.REQUEST_INVALID),
        (IMAGE, (DEPTH * 1000).astype(np.uint16), NUMBERS, "grasp it", ErrorCode.REQUEST_INVALID),
        (IMAGE, DEPTH[:120], NUMBERS, "grasp the box", ErrorCode.SIZE_MISMATCH),
        (IMAGE, DEPTH, (300.0, 300.0), "grasp the box", ErrorCode.INTRINSICS_INVALID),
        (IMAGE, DEPTH, "fx", "grasp the box", ErrorCode.INTRINSICS_INVALID),
    ],
)
def test_what_can_not_be_used_is_said_and_not_raised(image_rgb, depth_m, intrinsics, command, code):
    found = Grasper(Recorder(), Gripper()).detect(image_rgb, depth_m, intrinsics, command)
    assert found.error_code is code
    assert found.grasp is None
    assert found.error_message in str(found)


def test_depth_of_zero_is_none():
    image_rgb, depth_m, numbers = box()
    depth_m[:, :60] = 0.0
    found = Grasper(Recorder(), Gripper()).detect(image_rgb, depth_m, numbers, "grasp the box")
    assert found.error_code is ErrorCode.OK, found.error_message


def test_the_api_needs_neither_ros_nor_torch():
    code = (
        "import sys, rt_grasp_ros.api\n"
        "sys.exit(', '.join({'rclpy', 'torch', 'mujoco'} & sys.modules.keys()) or None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
