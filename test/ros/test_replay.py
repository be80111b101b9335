"""A recorded attempt gives its grasp again, and what differs is named."""

import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from attempts import SETTINGS, attempt_at, frame_of_box
from fake_engines import FakeEngine
from rt_grasp_ros.srv import GraspCommand

from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.ros.recording.attempt import Attempt
from rt_grasp_ros.ros.recording.attempt_file import write_attempt
from rt_grasp_ros.ros.recording.replay import differences, replay

pytestmark = pytest.mark.ros


def write(path, attempt):
    with path.open("wb") as stream:
        write_attempt(stream, attempt)
    return str(path)


def found_with(attempt, engine):
    return differences(attempt, replay(attempt, engine))


def test_the_same_engine_gives_the_same():
    attempt = attempt_at("grasp the box", FakeEngine())
    assert ErrorCode(attempt.response.error_code) is ErrorCode.OK, attempt.response.error_message
    assert found_with(attempt, FakeEngine()) == []


def test_the_dialogue_before_is_told_again():
    attempt = attempt_at("by its edge", FakeEngine())
    assert "(grasp the box; by its edge instead)" in attempt.response.reasoning
    (other,) = found_with(replace(attempt, history=()), FakeEngine())
    assert (other.what, other.decides) == ("reasoning", False)


def test_another_grasp_is_named_in_its_numbers():
    attempt = attempt_at("grasp the box", FakeEngine(), max_candidates=1)
    grasp = attempt.found[0]
    grasp.pose.position.x += 0.002
    grasp.opening_m += 0.002
    found = {difference.what: difference for difference in found_with(attempt, FakeEngine())}
    assert set(found) == {"grasp 0: position", "grasp 0: opening"}
    assert all(difference.decides for difference in found.values())
    assert found["grasp 0: position"].recorded.endswith("mm")


def test_a_turned_grasp_is_another_one():
    attempt = attempt_at("grasp the box", FakeEngine(), max_candidates=1)
    turned = attempt.found[0].pose.orientation
    half = math.radians(5.0) / 2
    w, z = turned.w, turned.z
    turned.w, turned.z = (
        math.cos(half) * w - math.sin(half) * z,
        math.cos(half) * z + (math.sin(half) * w),
    )
    norm = math.sqrt(turned.x**2 + turned.y**2 + turned.z**2 + turned.w**2)
    turned.x, turned.y, turned.z, turned.w = (
        value / norm for value in (turned.x, turned.y, turned.z, turned.w)
    )
    whats = [difference.what for difference in found_with(attempt, FakeEngine())]
    assert "grasp 0: orientation" in whats


def test_only_the_best_grasp_decides():
    attempt = attempt_at("grasp the box", FakeEngine(), max_candidates=3)
    attempt.found[2].opening_m += 0.01
    (difference,) = found_with(attempt, FakeEngine())
    assert (difference.what, difference.decides) == ("grasp 2: opening", False)
    del attempt.found[2]
    assert [d.what for d in found_with(attempt, FakeEngine())] == ["number of grasps"]


def test_what_became_of_the_arm_does_not_matter():
    attempt = attempt_at("grasp the box", FakeEngine())
    attempt.response.error_code = int(ErrorCode.NOT_HELD)
    assert found_with(attempt, FakeEngine()) == []


def test_an_absent_thing_stays_absent_unless_the_model_sees_it_now():
    attempt = attempt_at("grasp the absent box", FakeEngine())
    assert ErrorCode(attempt.response.error_code) is ErrorCode.OBJECT_NOT_FOUND
    assert found_with(attempt, FakeEngine()) == []
    attempt.request.command = "grasp the box"
    end, *_ = found_with(attempt, FakeEngine())
    assert (end.recorded, end.replayed, end.decides) == ("OBJECT_NOT_FOUND", "OK", True)


def test_the_recorded_gripper_and_approach_count():
    wide = replace(SETTINGS, gripper=replace(SETTINGS.gripper, max_opening_m=0.01))
    attempt = replace(attempt_at("grasp the box", FakeEngine()), settings=wide)
    found = found_with(attempt, FakeEngine())
    assert "OPENING_TOO_WIDE" in {difference.replayed for difference in found}


def test_without_a_picture_there_is_nothing_to_replay():
    response = GraspCommand.Response(
        error_code=int(ErrorCode.NO_IMAGE), error_message="No colour image arrived."
    )
    attempt = Attempt(GraspCommand.Request(command="grasp"), response, None, [], (), SETTINGS, 1, 2)
    with pytest.raises(RequestInvalid, match="NO_IMAGE"):
        replay(attempt, FakeEngine())


@cache
def attempt_in_the_cell():
    """Carry a command and its follow-up out with the shipped model on a picture of the cell."""
    from rt_grasp_ros.sim.cell import Cell
    from rt_grasp_ros.sim.scene import random_scene

    with Cell(random_scene(3)) as cell:
        seen = cell.observe()
    depth_m = np.where(seen.depth_m > 0, seen.depth_m, np.nan).astype(np.float32)
    frame = RgbdFrame(seen.rgb, depth_m, seen.intrinsics, "camera_color_optical_frame", 10**18)
    engine = load_engine(share_path("models/rt-grasp-tiny"))
    name = cell.scene.objects[0].name
    return attempt_at(f"grasp the {name}", engine, frame, max_candidates=4, history=())


@pytest.mark.sim
def test_the_shipped_model_gives_the_recorded_grasp_again(tmp_path, capfd):
    file = write(tmp_path / "attempt.mcap", attempt_in_the_cell())
    result_file = tmp_path / "result.json"
    assert main(["replay", file, "--json", str(result_file)]) == 0
    result = json.loads(result_file.read_text())
    assert result["same_grasp"] is True
    assert result["differences"] == []
    assert result["replayed"]["reasoning"] == attempt_in_the_cell().response.reasoning
    assert "the recorded grasp comes out again" in capfd.readouterr().out


@pytest.mark.sim
def test_another_grasp_is_no_success(tmp_path, capfd):
    attempt = attempt_in_the_cell()
    file = write(
        tmp_path / "attempt.mcap",
        replace(attempt, request=GraspCommand.Request(command="grasp the x", max_candidates=1)),
    )
    assert main(["replay", file]) == 1
    out = capfd.readouterr().out
    assert "another grasp comes out" in out
    assert "was" in out


def test_a_file_that_is_cut_off_ends_in_one_sentence(tmp_path, capfd):
    file = tmp_path / "attempt.mcap"
    write(file, attempt_at("grasp the box", FakeEngine(), frame_of_box()))
    file.write_bytes(file.read_bytes()[:-100])
    assert main(["replay", str(file)]) == 2
    error = capfd.readouterr().err
    assert "cut off or damaged" in error
    assert "DATA_INVALID" in error
    assert "Traceback" not in error
