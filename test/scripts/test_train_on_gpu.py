"""What `scripts/train_on_gpu.sh` would run; it was not run on a GPU."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from rt_grasp_ros.cli.__main__ import build_parser

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "train_on_gpu.sh"


def plan(*arguments, **settings):
    return subprocess.run(
        ["bash", str(SCRIPT), *arguments],
        env={"PATH": "/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )


def planned(*arguments, **settings):
    done = plan(*arguments, "--plan", **settings)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^at most (\d+) s: rt-grasp (.*)$", done.stdout, re.MULTILINE)
    return [(int(seconds), shlex.split(command)) for seconds, command in found]


def test_the_plan_generates_talks_measures_tunes_and_measures_again_in_the_time_given(tmp_path):
    out = tmp_path / "out"
    steps = planned("10", str(out), CORES="16")
    assert [" ".join(command[:2]) for _, command in steps] == [
        "data build",
        "data build",
        "evaluate sim",
        "train --preset",
        "train --preset",
        "evaluate sim",
    ]
    assert 0.85 * 600 < sum(seconds for seconds, _ in steps) <= 600
    assert not out.exists()


def test_every_command_of_the_plan_is_one_that_rt_grasp_takes(tmp_path):
    parser = build_parser()
    for _, command in planned("10", str(tmp_path), CORES="16"):
        parser.parse_args(["20" if word == "STEPS" else word for word in command])


def test_from_nothing_both_stages_learn_from_the_shards_on_the_gpu_that_is_there(tmp_path):
    steps = planned("10", str(tmp_path), CORES="16", BASE="nothing", PRECISION="bf16")
    assert [" ".join(command[:2]) for _, command in steps] == [
        "data build",
        "train --strategy",
        "train --strategy",
        "evaluate sim",
    ]
    assert 0.85 * 600 < sum(seconds for seconds, _ in steps) <= 600
    training = [part.replace("STEPS", "20") for part in steps[2][1]]
    arguments = build_parser().parse_args(training)
    assert (arguments.strategy, arguments.device, arguments.precision) == (
        "scratch",
        "auto",
        "bf16",
    )
    assert arguments.tower_steps == arguments.language_model_steps == 20
    assert arguments.data == tmp_path / "data" and arguments.threads == 16


def test_what_training_lacks_is_said_before_anything_is_made(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/bash\ncase $* in *find_spec*peft*) echo peft onnx ;; esac\n")
    python.chmod(0o755)
    done = plan("10", str(tmp_path / "out"), PYTHON=str(python))
    assert done.returncode == 2
    assert "Training needs peft onnx" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_interpreter_that_does_not_run_is_said(tmp_path):
    done = plan("10", str(tmp_path / "out"), PYTHON="no-such-python")
    assert done.returncode == 2
    assert "no-such-python" in done.stderr
    assert not (tmp_path / "out").exists()


def test_pictures_are_drawn_through_every_camera_on_all_cores(tmp_path):
    (_, pictures), *_ = planned("5", str(tmp_path), CORES="7")
    arguments = build_parser().parse_args(pictures)
    assert arguments.camera == ["cell", "d415", "d435", "d455", "azure_kinect"]
    assert (arguments.height_m, arguments.tilt_deg) == ("0.45:1.2", "0:45")
    assert arguments.processes == 7


@pytest.mark.parametrize(
    "arguments", [(), ("10",), ("0", "out"), ("ten", "out"), ("10", "out", "--fast")]
)
def test_arguments_that_make_no_sense_end_in_a_sentence(arguments):
    done = plan(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()


def test_a_small_trial_is_asked_for_by_the_environment(tmp_path):
    small = {"PICTURES": "250", "TRIAL_STEPS": "2", "SCENES": "1"}
    (_, pictures), _, (_, before), (_, trial), *_ = planned("10", str(tmp_path), **small)
    parser = build_parser()
    assert parser.parse_args(pictures).pictures == 250
    assert parser.parse_args(before).scenes == 1
    assert parser.parse_args(trial).steps == 2
