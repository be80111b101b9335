"""Which part of which object a grasp in the picture is about to take."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle

_ALONG, _ACROSS = 61, 5
_MIDDLE = 0.5  # share of the jaws' breadth that counts


def pointed_part(part_ids: NDArray[np.uint8], rectangle: GraspRectangle) -> int:
    """Return the id of the part that most of the picture between the jaws shows, 0 for none.

    Args:
        part_ids: part that each pixel shows, 0 for none, shape (H, W).
        rectangle: in pixels of the same picture.
    """
    along = np.linspace(-0.5, 0.5, _ALONG) * rectangle.opening_px
    across = np.linspace(-0.5, 0.5, _ACROSS) * _MIDDLE * rectangle.jaw_px
    direction = rectangle.opening_direction
    normal = np.array([-direction[1], direction[0]])
    points = (
        rectangle.centre + along[:, None, None] * direction + across[None, :, None] * normal
    ).reshape(-1, 2)
    columns, rows = np.floor(points).astype(int).T
    inside = (columns >= 0) & (columns < part_ids.shape[1])
    inside &= (rows >= 0) & (rows < part_ids.shape[0])
    shown = part_ids[rows[inside], columns[inside]]
    counts = np.bincount(shown[shown > 0], minlength=1)
    return int(counts.argmax()) if counts.any() else 0
