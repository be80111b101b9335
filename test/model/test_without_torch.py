"""What `requirements/base.txt` installs is enough to answer: no torch, transformers or onnx."""

import subprocess
import sys
from pathlib import Path

from rt_grasp_ros.resources import share_path

ROOT = Path(__file__).parents[2]
ANSWER = """
import sys
for missing in ("torch", "transformers", "onnx"):
    sys.modules[missing] = None  # importing it fails
import numpy as np
from pathlib import Path
from rt_grasp_ros.model.load_engine import load_engine
engine = load_engine(Path(sys.argv[1]))
print(engine.name, engine.answer(np.zeros((48, 64, 3), np.uint8), "grasp the mug"))
"""


def test_the_embedded_model_answers():
    done = subprocess.run(
        [sys.executable, "-c", ANSWER, str(share_path("models/rt-grasp-tiny"))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert "onnxruntime" in done.stdout


def test_the_base_requirements_name_no_torch():
    lines = (ROOT / "requirements" / "base.txt").read_text().splitlines()
    assert not [line for line in lines if line.startswith(("torch", "transformers", "onnx~"))]
