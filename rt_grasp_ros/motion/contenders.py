"""The candidates of one pick after their check: which one is next, and why others are not."""

from __future__ import annotations

from collections.abc import Sequence

from ..grasp.errors import RtGraspError
from ..grasp.verdict import Verdict, decisive
from .candidate_check import CheckedGrasp, ranked
from .pick_plan import Descent


class Contenders:
    """Checked candidates, from which some drop out later."""

    def __init__(self, checked: Sequence[CheckedGrasp] = ()) -> None:
        """Take what was checked.

        Args:
            checked: each candidate both ways round, ranked.
        """
        self._checked = list(checked)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What speaks against each candidate and its twin, best first, rejected ones last."""
        return tuple(grasp.verdict for grasp in self._checked)

    def after(self, index: int) -> int | None:
        """Return the best candidate after one that nothing speaks against; None where none is."""
        accepted = {grasp.index for grasp in self._checked if grasp.failure is None}
        return min((other for other in accepted if other > index), default=None)

    def descents(self, index: int) -> list[Descent]:
        """Return the descents to a candidate, both ways round."""
        return [
            descent for grasp in self._checked if grasp.index == index for descent in grasp.descents
        ]

    def failure(self, index: int) -> RtGraspError:
        """Return why a candidate was rejected, by the way round that got further.

        Raises:
            KeyError: it was not.
        """
        failures = {grasp.verdict: grasp.failure for grasp in self._checked if grasp.index == index}
        failure = failures[decisive(list(failures))]
        if failure is None:
            raise KeyError(index)
        return failure

    def reject(self, index: int, failure: RtGraspError) -> None:
        """Let a candidate drop out; a way round that was rejected before keeps its reason."""
        self._checked = ranked(
            [
                CheckedGrasp(index, grasp.is_twin, failure=grasp.failure or failure)
                if grasp.index == index
                else grasp
                for grasp in self._checked
            ]
        )
