import json
import os

import pytest
import torch

from rt_grasp_ros.model.torch_backend import warm_start as module
from rt_grasp_ros.model.torch_backend.warm_start import KERNELS_VARIABLE, WarmStart

pytestmark = pytest.mark.torch

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def base(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(KERNELS_VARIABLE, "")  # so that it is as it was afterwards
    monkeypatch.delenv(KERNELS_VARIABLE)
    return tmp_path


def test_what_is_kept_is_there_at_the_next_start():
    assert WarmStart(CPU).recall("steps") == {}
    WarmStart(CPU).keep("steps", {"prepared_s": 75.0})
    WarmStart(CPU).keep("steps", {"draft_length": 7})
    WarmStart(CPU).keep("others", {"prepared_s": 1.0})
    assert WarmStart(CPU).recall("steps") == {"prepared_s": 75.0, "draft_length": 7}


def test_another_version_begins_anew(monkeypatch, base):
    WarmStart(CPU).keep("steps", {"prepared_s": 75.0})
    version = module._version
    monkeypatch.setattr(
        module, "_version", lambda name: "9.9" if name == "triton" else version(name)
    )
    assert WarmStart(CPU).recall("steps") == {}
    assert WarmStart(CPU).folder.parent == base / "rt_grasp_ros"


def test_the_folder_says_what_it_is_for():
    start = WarmStart(CPU)
    start.keep("steps", {})
    made_for = json.loads((start.folder / "measured.json").read_text())["made_for"]
    assert made_for["torch"] == torch.__version__
    assert made_for["device"] == "CPU"
    assert start.folder.stat().st_mode & 0o077 == 0


def test_kernels_are_kept_there_unless_the_user_said_where(monkeypatch):
    start = WarmStart(CPU)
    start.keep_kernels()
    assert os.environ[KERNELS_VARIABLE] == str(start.folder / "kernels")
    monkeypatch.setenv(KERNELS_VARIABLE, "elsewhere")
    start.keep_kernels()
    assert os.environ[KERNELS_VARIABLE] == "elsewhere"


@pytest.mark.parametrize("content", ["", "[1]", '{"steps": 3}', "\0"])
def test_a_damaged_file_is_written_anew(content):
    start = WarmStart(CPU)
    start.folder.mkdir(parents=True)
    (start.folder / "measured.json").write_text(content)
    assert start.recall("steps") == {}
    if "steps" not in content:
        start.keep("steps", {"prepared_s": 2.0})
        assert start.recall("steps") == {"prepared_s": 2.0}


def test_a_place_that_can_not_be_written_is_said_and_does_without(base, monkeypatch, caplog):
    (base / "rt_grasp_ros").write_text("a file where the folder should be")
    start = WarmStart(CPU)
    start.keep_kernels()
    start.keep("steps", {"prepared_s": 2.0})
    assert "can't be kept" in caplog.text
    assert start.recall("steps") == {}
    assert KERNELS_VARIABLE not in os.environ
