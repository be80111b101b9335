"""`pytest -m gpu` can be collected on a GPU machine, which has neither ROS nor MuJoCo."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[1]
MISSING = (
    "rclpy", "launch", "mujoco", "onnxruntime", "onnx", "pinocchio", "coal", "ompl", "toppra",
    "viser", "playwright", "scipy", "hypothesis", "rich", "peft", "accelerate",
    "PIL",
)  # fmt: skip
NOT_FOR_BENCH = tuple(name for name in MISSING if name != "rich")
HIDE = """
import sys

class Without:
    '''A finder that does not see what a GPU machine lacks.'''

    def __init__(self, finder):
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.finder, name)

    def find_spec(self, name, *more):
        if name.partition('.')[0] in {!r}:
            return None
        return self.finder.find_spec(name, *more)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""
COLLECT = """
import pytest
options = ['--collect-only', '-q', '-m', 'gpu', '-p', 'no:cacheprovider']
sys.exit(pytest.main([*options, *sys.argv[1:]]))
"""


RUN_BENCH = """
from rt_grasp_ros.cli.__main__ import main
main(["bench", "gpu", "--help"])
"""


def collect(*arguments):
    return started(COLLECT, arguments=arguments)


def started(*code, arguments=(), lacking=MISSING):
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", "\n".join([HIDE.format(lacking), *code]), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_the_tests_of_a_gpu_need_no_ros_and_no_simulation():
    seen = collect()
    assert seen.returncode == 0, seen.stdout + seen.stderr
    for path in ("torch_backend/test_torch_engine.py", "torch_backend/test_gpu_paths.py"):
        assert path in seen.stdout
    assert " error" not in seen.stdout
    collected = [line for line in seen.stdout.splitlines() if "::" in line]
    assert len(collected) >= 20, seen.stdout


def test_the_benchmark_starts_where_there_is_no_more_than_that():
    """What `scripts/on_gpu.sh` runs beside the tests; `rich` is one of what transformers brings."""
    seen = started("import rt_grasp_ros.bench.bench_gpu", RUN_BENCH, lacking=NOT_FOR_BENCH)
    assert seen.returncode == 0, seen.stdout + seen.stderr
    assert "--minutes" in seen.stdout


def test_what_a_gpu_machine_lacks_is_noticed(tmp_path):
    path = tmp_path / "test_with_ros.py"
    path.write_text("import pytest\nimport rclpy\n\n@pytest.mark.gpu\ndef test_it():\n    pass\n")
    seen = collect(str(path), "--rootdir", str(tmp_path))
    assert seen.returncode != 0
    assert "No module named 'rclpy'" in seen.stdout
