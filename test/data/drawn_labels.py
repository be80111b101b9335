"""Labels painted into pictures, to see whether pictures and labels move alike."""

import numpy as np

from rt_grasp_ros.grasp.rectangle import GraspRectangle


def paint(rectangle: GraspRectangle, width_px: int, height_px: int) -> np.ndarray:
    """Return a black picture with the rectangle in white, shape (H, W, 3), uint8."""
    y_px, x_px = np.mgrid[:height_px, :width_px] + 0.5
    dx, dy = rectangle.opening_direction
    along = (x_px - rectangle.x_px) * dx + (y_px - rectangle.y_px) * dy
    across = (x_px - rectangle.x_px) * dy - (y_px - rectangle.y_px) * dx
    inside = (abs(along) <= rectangle.opening_px / 2) & (abs(across) <= rectangle.jaw_px / 2)
    return np.repeat(np.uint8(255 * inside)[..., None], 3, axis=2)


def painted_overlap(first: np.ndarray, second: np.ndarray) -> float:
    """Return intersection over union of what is bright in two pictures."""
    one, other = first > 127, second > 127
    return float((one & other).sum() / (one | other).sum())
