"""The seam to whatever tells which pixels belong to the thing under a point."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.plane import Plane


class ThingUnder(Protocol):
    """Grows a point to the thing that it is on; beside `Relevance`, which knows words."""

    def mask(self, frame: RgbdFrame, plane: Plane, x_px: float, y_px: float) -> NDArray[np.bool_]:
        """Return the pixels of the thing that a point is on, or that is nearest; shape (H, W).

        None is set where nothing stands there, or depth shows nothing near the point.

        Args:
            frame: colour, depth and intrinsics.
            plane: that bears what stands there.
            x_px: the point in the frame's picture.
            y_px: the same, downwards.
        """
        ...
