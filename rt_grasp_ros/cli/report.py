"""Results as flat JSON, and where they go."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scipy.spatial.transform import Rotation

from ..grasp.error_code import ErrorCode
from ..grasp.grasp import Grasp
from ..grasp.verdict import Verdict


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


def candidate_fields(
    grasps: Sequence[Grasp], verdicts: Sequence[Verdict] = ()
) -> list[dict[str, Any]]:
    """Return `rectangle, score, rejected_code, rejected_reason, arm` of each candidate.

    Args:
        grasps: best first, rejected ones last.
        verdicts: of the arm's check of them; `arm` has those of one candidate.
    """
    return [
        {
            "rectangle": dataclasses.asdict(grasp.rectangle),
            "score": grasp.score,
            "rejected_code": int(grasp.rejected_code),
            "rejected_reason": grasp.rejected_reason,
            "arm": [
                {
                    "is_twin": verdict.is_twin,
                    "rejected_code": int(verdict.rejected_code),
                    "rejected_reason": verdict.rejected_reason,
                }
                for verdict in verdicts
                if verdict.grasp_index == index
            ],
        }
        for index, grasp in enumerate(grasps)
    ]


def candidate_lines(candidates: Sequence[dict[str, Any]]) -> list[str]:
    """Return how many candidates there are, and a line for each rejected one.

    Args:
        candidates: from `candidate_fields`.
    """
    rejected = [
        f"candidate {number} of {len(candidates)} is rejected: "
        f"{ErrorCode(candidate['rejected_code']).name}: {candidate['rejected_reason']}"
        for number, candidate in enumerate(candidates, 1)
        if candidate["rejected_code"]
    ]
    possible = len(candidates) - len(rejected)
    return [f"{possible} of {len(candidates)} candidates may be executed", *rejected]


def write_json(result: dict[str, Any], target: str) -> None:
    """Write a result to a file, or to standard output where the target is `-`."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        Path(target).write_text(text, encoding="utf-8")
