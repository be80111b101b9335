"""What the chain needs from whatever runs it: a node, the command line, an evaluation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.verdict import Verdict
from ..language.answer import Answer
from ..language.prompt import Turn
from .command_outcome import CommandOutcome, Execution

OnVerdicts = Callable[[Sequence[Verdict]], None]
"""Called with all that the arm's check says of the grasps that were sent."""


class Surroundings(Protocol):
    """What the flow needs from the node around it.

    Each call has its own deadline, and those that wait give up once `CommandFlow.is_cancelled`.
    """

    def take_frame(self) -> RgbdFrame:
        """Return a picture taken after this call; raises `CameraError`."""
        ...

    def ask_model(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int,
        history: Sequence[Turn],
    ) -> list[Answer]:
        """Return the model's answers, best first; raises `ModelError`.

        `history` has the earlier turns of the dialogue, oldest first.
        """
        ...

    def show(self, frame: RgbdFrame, outcome: CommandOutcome) -> None:
        """Publish what was found; there are no candidates where the object is absent."""
        ...

    def execute(
        self, frame: RgbdFrame, outcome: CommandOutcome, on_verdicts: OnVerdicts
    ) -> Execution:
        """Let the executor carry out the executable candidates; raises `MotionError`.

        The verdicts are heard in the calling thread, while the arm moves.
        """
        ...
