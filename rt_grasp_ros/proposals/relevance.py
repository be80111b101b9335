"""How well things fit words, and the seam to whatever knows that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from .segments import Segment

PURPOSE = "thing for "
"""What a phrase begins with that tells a purpose and no name: `thing for driving nails`."""


class Relevance(Protocol):
    """Tells how well segments of a frame fit phrases; beside `Proposals`, which knows no words."""

    def fits(
        self, frame: RgbdFrame, segments: Sequence[Segment], phrases: Sequence[str]
    ) -> NDArray[np.float64]:
        """Return how likely each segment is what each phrase names, 0..1, shape (S, P).

        From a half on it is to be taken for that. All phrases that are compared are given at
        once, since looking at the segments is what costs.

        Args:
            frame: colour, depth and intrinsics.
            segments: of that frame.
            phrases: nouns without articles, such as `mug` or `box of crackers`, or a purpose after
                `PURPOSE`.
        """
        ...

    def familiar(self, frame: RgbdFrame, segments: Sequence[Segment]) -> NDArray[np.float64]:
        """Return how much each looks like what the embedded model was trained on, 0..1, (S,)."""
        ...
