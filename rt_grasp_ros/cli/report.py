"""Results as flat JSON, and where they go."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from scipy.spatial.transform import Rotation

from ..grasp.grasp import Grasp


def grasp_fields(grasp: Grasp | None, frame_id: str) -> dict[str, Any]:
    """Return the fields `rectangle`, `pose` and `opening_m` of a result; None where unknown.

    Args:
        grasp: the best one, or None where there is none.
        frame_id: the frame of its pose.
    """
    if grasp is None:
        return {"rectangle": None, "pose": None, "opening_m": None}
    rectangle = dataclasses.asdict(grasp.rectangle)
    if not grasp.has_pose:
        return {"rectangle": rectangle, "pose": None, "opening_m": None}
    rotation = Rotation.from_matrix(grasp.T_camera_grasp[:3, :3])
    pose = {
        "frame_id": frame_id,
        "position_m": grasp.position_m.tolist(),
        "orientation_xyzw": rotation.as_quat(canonical=True).tolist(),
    }
    return {"rectangle": rectangle, "pose": pose, "opening_m": grasp.opening_m}


def write_json(result: dict[str, Any], target: str) -> None:
    """Write a result to a file, or to standard output where the target is `-`."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf-8")
