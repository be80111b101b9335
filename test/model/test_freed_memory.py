"""What loading took beside a model is given back."""

import json
import subprocess
import sys

import pytest

from rt_grasp_ros.model.freed_memory import give_freed_memory_back
from rt_grasp_ros.model.word_eye.shipped import DEFAULT_WORD_EYE
from rt_grasp_ros.model.word_eye.text_encoder import packaged_graph
from rt_grasp_ros.resources import share_path

RESIDENT = """
from pathlib import Path

def resident_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
"""
SENTENCE_MODEL = """
import sys
from rt_grasp_ros.model.onnx_graph import open_graph
before = resident_mb()
graph = open_graph(Path(sys.argv[1]), 1)
print(resident_mb() - before)
"""
EMBEDDED = """
import sys
from rt_grasp_ros.model.load_engine import load_engine
before = resident_mb()
engine = load_engine(Path(sys.argv[1]))
print(resident_mb() - before)
"""


def growth_mb(program, argument):
    told = subprocess.run(
        [sys.executable, "-c", RESIDENT + program, str(argument)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(told.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, and glibc's malloc_trim")
def test_a_sentence_model_takes_its_weights_and_no_more():
    config = json.loads((share_path(DEFAULT_WORD_EYE) / "config.json").read_text())
    graph = packaged_graph(config["text_encoder"]["package_sha256"])
    # 91 MB of weights in single precision; loading takes 180.
    assert 50 < growth_mb(SENTENCE_MODEL, graph) < 140


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, and glibc's malloc_trim")
def test_the_embedded_model_leaves_nothing_of_its_loading():
    # 161 MB where what is freed is kept, 104 where it is not, the libraries' own share included.
    assert 50 < growth_mb(EMBEDDED, share_path("models/rt-grasp-tiny")) < 140


def test_without_glibc_nothing_happens(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    assert give_freed_memory_back() is None
