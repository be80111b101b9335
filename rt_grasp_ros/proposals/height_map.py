"""A patch of the table seen straight from above, at one scale whatever the camera's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import cv2
import numpy as np
from numpy.typing import NDArray

CELL_M = 0.002
UNSEEN_M = -1.0
"""The height of a cell that no measured point fell into."""

_HALF_SIDE_M = 0.2
_STRONG_UNIT = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class TableFrame:
    """Coordinates on a support plane: x and y in it, z up; metres.

    Attributes:
        T_camera_table: maps table coordinates to the optical frame, shape (4, 4).
    """

    T_camera_table: NDArray[np.float64]

    @classmethod
    def at(cls, point_m: NDArray[np.floating], normal: NDArray[np.floating]) -> TableFrame:
        """Return the frame whose origin is a point of the plane.

        Its x runs along the picture's rows as far as the plane allows.

        Args:
            point_m: on the plane, shape (3,).
            normal: of the plane, unit, towards the camera, shape (3,).
        """
        normal = np.asarray(normal, float)
        ahead = np.eye(3)[0 if abs(normal[0]) < _STRONG_UNIT else 1]
        x = ahead - normal * (ahead @ normal)
        x /= np.linalg.norm(x)
        T_camera_table = np.eye(4)
        T_camera_table[:3, :3] = np.stack([x, np.cross(normal, x), normal], axis=1)
        T_camera_table[:3, 3] = point_m
        return cls(T_camera_table)

    def to_table(self, points_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return points of the optical frame (shape (..., 3)) in table coordinates."""
        offset_m = np.asarray(points_m, float) - self.T_camera_table[:3, 3]
        return np.asarray(offset_m @ self.T_camera_table[:3, :3])

    def turned(self, angle_rad: float) -> TableFrame:
        """Return the frame turned about the plane's normal."""
        cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
        turn = np.eye(4)
        turn[:2, :2] = [[cosine, -sine], [sine, cosine]]
        return TableFrame(self.T_camera_table @ turn)


def height_map(points_m: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the greatest height in each cell of a square of 0.4 m about the origin.

    Cells without a point between others take the greatest height beside them: pixels of a camera
    farther than a metre are wider apart than cells.

    Args:
        points_m: in table coordinates, shape (N, 3).

    Returns:
        Metres, shape (200, 200), rows along y, columns along x; `UNSEEN_M` where nothing was seen.
    """
    side = round(2 * _HALF_SIDE_M / CELL_M)
    cells = np.floor((points_m[:, :2] + _HALF_SIDE_M) / CELL_M).astype(int)
    is_inside = ((cells >= 0) & (cells < side)).all(axis=1)
    flat = cells[is_inside, 1] * side + cells[is_inside, 0]
    heights_m = np.full(side * side, UNSEEN_M, np.float32)
    np.maximum.at(heights_m, flat, points_m[is_inside, 2].astype(np.float32))
    grid_m = heights_m.reshape(side, side)
    filled_m = cv2.dilate(grid_m, np.ones((3, 3), np.uint8))
    return np.asarray(np.where(grid_m > UNSEEN_M, grid_m, filled_m), np.float32)


def turned(grid_m: NDArray[np.float32], angle_rad: float) -> NDArray[np.float32]:
    """Return a height map in the table frame turned by an angle, see `TableFrame.turned`.

    Each cell takes the height of the cell that its middle falls into.
    """
    side = grid_m.shape[0]
    middle = (side - 1) / 2
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    # From the turned map's cells to the given one's.
    turn = np.array([[cosine, -sine], [sine, cosine]])
    shift = middle - turn @ [middle, middle]
    return np.asarray(
        cv2.warpAffine(
            grid_m,
            np.column_stack([turn, shift]),
            (side, side),
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=UNSEEN_M,
        ),
        np.float32,
    )


@overload
def cell_centre_m(index: float) -> float: ...
@overload
def cell_centre_m(index: NDArray[Any]) -> NDArray[np.float64]: ...
def cell_centre_m(index: float | NDArray[Any]) -> float | NDArray[np.float64]:
    """Return the table coordinate of a cell's middle; of an edge between cells for its half."""
    return (index + 0.5) * CELL_M - _HALF_SIDE_M
