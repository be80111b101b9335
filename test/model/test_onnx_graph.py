"""Graphs are loaded, or refused by name, and what loading took is given back."""

import json
import subprocess
import sys

import pytest

from rt_grasp_ros.grasp.errors import CheckpointInvalid
from rt_grasp_ros.model.onnx_graph import open_graph
from rt_grasp_ros.model.word_eye.shipped import DEFAULT_WORD_EYE
from rt_grasp_ros.model.word_eye.text_encoder import packaged_graph
from rt_grasp_ros.resources import share_path

GROWTH = """
import sys
from pathlib import Path
from rt_grasp_ros.model.onnx_graph import open_graph

def resident_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

before = resident_mb()
graph = open_graph(Path(sys.argv[1]), 1)
print(resident_mb() - before)
"""


@pytest.mark.parametrize("content", [None, b"no graph"])
def test_a_file_that_is_no_graph_is_named(tmp_path, content):
    path = tmp_path / "eye.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointInvalid, match=r"eye\.onnx"):
        open_graph(path, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, and glibc's malloc_trim")
def test_what_loading_takes_beside_the_graph_is_given_back():
    config = json.loads((share_path(DEFAULT_WORD_EYE) / "config.json").read_text())
    graph = packaged_graph(config["text_encoder"]["package_sha256"])
    told = subprocess.run(
        [sys.executable, "-c", GROWTH, str(graph)], capture_output=True, text=True, check=True
    )
    # 91 MB of weights in single precision; loading takes 180.
    assert 50 < float(told.stdout) < 140
