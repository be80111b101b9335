"""What a pick does after a stage has failed: the whole decision, as one function.

From the moment the fingers begin to close they may hold something, until they are measured to be
closer than anything held. What may be held is not let go of, and not followed by another attempt:

| failed in | by | fingers | up | home | next candidate |
|---|---|---|---|---|---|
| any stage | `Cancelled`, `JointStatesStale` | as they are | no | no, the arm is stopped | no |
| CHECKING, PLANNING | what speaks against the grasp | as they are | no | no, it stands | yes |
| CHECKING, PLANNING | anything else | as they are | no | no, it stands | no |
| CONFIRMING | anything | as they are | no | no, it stands | no |
| OPENING, PREGRASP | what speaks against the grasp | as they are | no | yes | yes |
| OPENING, PREGRASP | anything else | as they are | no | yes | no |
| APPROACH | what speaks against the grasp | as they are | yes | yes | yes |
| APPROACH | anything else | as they are | yes | yes | no |
| CLOSING, LIFTING | anything | as they are | yes | yes | no |
| VERIFYING | measured: nothing is held | opened | no | yes | yes |
| VERIFYING | anything else | as they are | no | yes | no |
| RETREATING | anything | as they are | no | no, the arm is stopped | no |

The arm moves for two candidates at most. What speaks against a grasp is `AGAINST_THE_GRASP`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..grasp.errors import Cancelled, JointStatesStale, RtGraspError
from .candidate_check import AGAINST_THE_GRASP
from .pick_outcome import Stage

_STILL_STAGES = frozenset({Stage.CHECKING, Stage.PLANNING, Stage.CONFIRMING})
_EMPTY_STAGES = frozenset(
    {Stage.CHECKING, Stage.PLANNING, Stage.OPENING, Stage.PREGRASP, Stage.APPROACH}
)
_LOW_STAGES = frozenset({Stage.APPROACH, Stage.CLOSING, Stage.LIFTING})


@dataclass(frozen=True, slots=True)
class Recovery:
    """What follows a failure.

    Attributes:
        stops: whether the arm is told to stand still.
        opens: whether the fingers open.
        goes_up: whether the hand goes straight up, to where a lift ends.
        goes_home: whether the arm goes home, after that.
        may_go_on: whether another candidate may be taken, after that.
    """

    stops: bool = False
    opens: bool = False
    goes_up: bool = False
    goes_home: bool = False
    may_go_on: bool = False


_STAND = Recovery(stops=True)


def recovery(stage: Stage, failure: RtGraspError, is_empty: bool) -> Recovery:
    """Return what follows a failure, by the table above.

    Args:
        stage: that failed.
        failure: how.
        is_empty: whether the fingers have not closed yet, or were measured to hold nothing since.
    """
    if isinstance(failure, Cancelled | JointStatesStale) or stage is Stage.RETREATING:
        return _STAND
    speaks_against_grasp = stage in _EMPTY_STAGES and isinstance(failure, AGAINST_THE_GRASP)
    if stage in _STILL_STAGES:
        return Recovery(may_go_on=speaks_against_grasp)
    closed_on_nothing = is_empty and stage is Stage.VERIFYING
    return Recovery(
        opens=closed_on_nothing,
        goes_up=stage in _LOW_STAGES,
        goes_home=True,
        may_go_on=closed_on_nothing or speaks_against_grasp,
    )
