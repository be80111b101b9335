"""The real data beside the checkout, or where RT_GRASP_DATA names it."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("RT_GRASP_DATA", Path(__file__).parents[3] / "shared" / "data"))

needs_cornell = pytest.mark.skipif(
    not (ROOT / "cornell" / "crops_train.jsonl").is_file(),
    reason="not run here: needs the Cornell data (RT_GRASP_DATA)",
)
needs_jacquard = pytest.mark.skipif(
    not (ROOT / "jacquard").is_dir(),
    reason="not run here: needs Jacquard's public sample (RT_GRASP_DATA)",
)
needs_tabletop = pytest.mark.skipif(
    not (ROOT / "tabletop" / "dev" / "scenes.jsonl").is_file(),
    reason="not run here: needs the frames of real tables (RT_GRASP_DATA)",
)
