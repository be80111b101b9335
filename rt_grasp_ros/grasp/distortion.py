"""What a lens does to the picture, in the models that cameras name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .errors import IntrinsicsInvalid

_KINDS = {
    **dict.fromkeys(("plumb_bob", "brown_conrady", "radtan", "opencv"), "plumb_bob"),
    **dict.fromkeys(("rational_polynomial", "rational"), "rational_polynomial"),
    **dict.fromkeys(("thin_prism", "thin_prism_model", "tilted"), "thin_prism"),
    **dict.fromkeys(("equidistant", "fisheye", "kannala_brandt", "kannala_brandt4"), "equidistant"),
    "inverse_brown_conrady": "inverse_brown_conrady",
}
_COUNTS = {
    "plumb_bob": (4, 5, 8, 12, 14),
    "rational_polynomial": (5, 8, 12, 14),
    "thin_prism": (12, 14),
    "equidistant": (4,),
    "inverse_brown_conrady": (5,),
}
_STEPS = 4
_STEP = 1e-5
_IDENTITY = np.eye(3)
_MOST_OFF = 2e-4  # of the focal length, between a point and itself distorted again


@dataclass(frozen=True, slots=True)
class Distortion:
    """A lens's distortion, between rays of unit depth and where the picture shows them.

    Attributes:
        model: `plumb_bob`, `rational_polynomial`, `thin_prism`, `equidistant` (OpenCV's fisheye) or
            `inverse_brown_conrady` (librealsense's, whose polynomial leads from the picture to the
            ray).
        coefficients: in OpenCV's order; k1 k2 p1 p2 k3 ..., for `equidistant` k1 k2 k3 k4.
    """

    model: str
    coefficients: tuple[float, ...]

    def undistorted(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the rays behind points of the picture.

        Args:
            points: x and y at unit depth as the picture shows them, shape (..., 2).

        Returns:
            x and y at unit depth, shape (..., 2); NaN where no ray leads there.
        """
        flat = np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 1, 2)
        if len(flat) == 0:
            return np.zeros(points.shape)
        coefficients = np.array(self.coefficients)
        if self.model == "inverse_brown_conrady":
            return _brown_conrady(flat[:, 0], coefficients).reshape(points.shape)
        if self.model == "equidistant":
            rays = np.asarray(
                cv2.fisheye.undistortPoints(flat, _IDENTITY, coefficients), dtype=np.float64
            )[:, 0]
        else:
            start = np.asarray(
                cv2.undistortPoints(flat, _IDENTITY, coefficients), dtype=np.float64
            )[:, 0]
            rays = _solved(self.distorted, flat[:, 0], start)
        off = np.abs(self.distorted(rays) - flat[:, 0]).max(axis=-1)
        rays[~(off < _MOST_OFF)] = np.nan
        return np.asarray(rays.reshape(points.shape), dtype=np.float64)

    def distorted(self, rays: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where the picture shows rays.

        Args:
            rays: x and y at unit depth, shape (..., 2).

        Returns:
            x and y at unit depth as the picture shows them, shape (..., 2).
        """
        flat = np.ascontiguousarray(rays, dtype=np.float64).reshape(-1, 2)
        if len(flat) == 0:
            return np.zeros(rays.shape)
        coefficients = np.array(self.coefficients)
        shown: NDArray[Any]
        if self.model == "inverse_brown_conrady":
            shown = _solved(lambda points: _brown_conrady(points, coefficients), flat, flat)
        elif self.model == "equidistant":
            shown = cv2.fisheye.distortPoints(flat[:, None], _IDENTITY, coefficients)[:, 0]
        else:
            points = np.concatenate([flat, np.ones((len(flat), 1))], axis=1)
            nowhere = np.zeros(3)
            shown = cv2.projectPoints(points, nowhere, nowhere, _IDENTITY, coefficients)[0][:, 0]
        return np.asarray(shown.reshape(rays.shape), dtype=np.float64)


def distortion_of(model: str | None, coefficients: Sequence[float]) -> Distortion | None:
    """Return the distortion that a camera names; None for a lens without.

    Args:
        model: as the camera names it; None where a file names none, and OpenCV's is meant.
        coefficients: as many as the model has, or none.

    Raises:
        IntrinsicsInvalid: the model is not known, or the coefficients are not of it.
    """
    numbers = tuple(float(number) for number in coefficients)
    if not np.isfinite(numbers).all():
        raise IntrinsicsInvalid(
            "The lens distortion holds numbers that are not finite; calibrate the camera."
        )
    if not any(numbers):
        return None
    name = "plumb_bob" if model is None else model.lower().rpartition(".")[2].strip()
    kind = _KINDS.get(name)
    if kind is None:
        raise IntrinsicsInvalid(
            f"The lens's distortion model '{name[:40]}' is not read; give plumb_bob, "
            "rational_polynomial, thin_prism, equidistant or inverse_brown_conrady, or rectified "
            "pictures with the camera matrix of those (camera_rectified)."
        )
    if len(numbers) not in _COUNTS[kind]:
        raise IntrinsicsInvalid(
            f"The lens's distortion model '{name[:40]}' does not have {len(numbers)} coefficients "
            f"but {' or '.join(map(str, _COUNTS[kind]))}; calibrate the camera."
        )
    return Distortion(kind, numbers)


def _solved(
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    wanted: NDArray[np.float64],
    start: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return where a function has the wanted values, by Newton's method; all of shape (N, 2).

    OpenCV's own five steps leave the corners of an Azure Kinect's picture millimetres off.
    """
    found, along = start.copy(), np.eye(2) * _STEP
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            at = function(found)
            along_x = (function(found + along[0]) - at) / _STEP
            along_y = (function(found + along[1]) - at) / _STEP
            left = wanted - at
            scale = along_x[:, 0] * along_y[:, 1] - along_x[:, 1] * along_y[:, 0]
            found[:, 0] += (left[:, 0] * along_y[:, 1] - left[:, 1] * along_y[:, 0]) / scale
            found[:, 1] += (left[:, 1] * along_x[:, 0] - left[:, 0] * along_x[:, 1]) / scale
    return found


def _brown_conrady(
    points: NDArray[np.float64], coefficients: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Apply the polynomial of k1 k2 p1 p2 k3 to points, shape (N, 2)."""
    k1, k2, p1, p2, k3 = coefficients
    x, y = points.T
    square = x * x + y * y
    factor = 1 + square * (k1 + square * (k2 + square * k3))
    return np.stack(
        [
            x * factor + 2 * p1 * x * y + p2 * (square + 2 * x * x),
            y * factor + 2 * p2 * x * y + p1 * (square + 2 * y * y),
        ],
        axis=-1,
    )
