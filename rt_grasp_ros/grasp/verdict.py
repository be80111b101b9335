"""What the arm says of grasps: each one, and its twin, may be gone to or not, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .error_code import ErrorCode
from .grasp import Grasp

_HALF_TURN = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What speaks against one grasp, held one way round.

    Attributes:
        grasp_index: which of the grasps that were asked about.
        is_twin: whether it is turned by half a turn about its approach.
        rejected_code: `ErrorCode.OK` where the arm can go there.
        rejected_reason: one sentence where it can't.
    """

    grasp_index: int
    is_twin: bool
    rejected_code: ErrorCode = ErrorCode.OK
    rejected_reason: str = ""

    @property
    def is_rejected(self) -> bool:
        """Whether something speaks against it."""
        return self.rejected_code is not ErrorCode.OK


def twin_of(T_base_grasp: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a grasp turned by half a turn about its approach, shape (4, 4): the fingers swapped.

    For a parallel gripper it is the same grasp; for the arm it is another.
    """
    twin: NDArray[np.float64] = T_base_grasp @ _HALF_TURN
    return twin


def decisive(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict that counts for one grasp.

    Args:
        verdicts: of its two ways round.

    Returns:
        One that is not rejected, else the one that got further than being out of reach.
    """
    return min(
        verdicts,
        key=lambda verdict: (verdict.is_rejected, verdict.rejected_code is ErrorCode.OUT_OF_REACH),
    )


def ranked_by_verdicts(
    grasps: Sequence[Grasp], verdicts: Sequence[Verdict]
) -> list[tuple[int, Grasp]]:
    """Sort grasps again after the arm was asked.

    Args:
        grasps: best first.
        verdicts: of some or all of them.

    Returns:
        `(index, grasp)`, where `index` says where it was: those that may be executed in their
        order, then the rejected ones in theirs. One with both ways round rejected is marked so.
    """
    judged = []
    for index, grasp in enumerate(grasps):
        of_grasp = [verdict for verdict in verdicts if verdict.grasp_index == index]
        if grasp.is_executable and of_grasp:
            verdict = decisive(of_grasp)
            grasp = replace(
                grasp,
                rejected_code=verdict.rejected_code,
                rejected_reason=verdict.rejected_reason,
            )
        judged.append((index, grasp))
    return sorted(judged, key=lambda entry: not entry[1].is_executable)
