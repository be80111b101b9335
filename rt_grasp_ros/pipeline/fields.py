"""Grasps as flat values that JSON can hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from scipy.spatial.transform import Rotation

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
    grasps: Sequence[Grasp], frame_id: str, verdicts: Sequence[Verdict] = ()
) -> list[dict[str, Any]]:
    """Return what `grasp_fields` does and `score, rejected_code, rejected_reason, arm` of each.

    Args:
        grasps: best first, rejected ones last.
        frame_id: the frame of their poses.
        verdicts: of the arm's check of them; `arm` has those of one candidate.
    """
    return [
        {
            **grasp_fields(grasp, frame_id),
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
