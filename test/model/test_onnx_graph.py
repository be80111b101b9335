"""Graphs are loaded, or refused by name."""

import pytest

from rt_grasp_ros.grasp.errors import CheckpointInvalid
from rt_grasp_ros.model.onnx_graph import open_graph


@pytest.mark.parametrize("content", [None, b"no graph"])
def test_a_file_that_is_no_graph_is_named(tmp_path, content):
    path = tmp_path / "eye.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointInvalid, match=r"eye\.onnx"):
        open_graph(path, 1)
