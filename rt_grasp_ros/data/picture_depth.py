"""The depth of a labelled picture, and the camera that such data sets do not describe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.depth import require_size
from ..grasp.errors import DataInvalid
from .grasp_picture import GraspPicture
from .pixels import read_depth

FOCAL_PER_WIDTH = 525 / 640
"""Of the Kinect, the usual guess for Cornell."""


def guessed_intrinsics(width_px: int, height_px: int) -> Intrinsics:
    """Return those of a Kinect's picture of that size, whose middle is on the optical axis."""
    focal_px = FOCAL_PER_WIDTH * width_px
    return Intrinsics(
        focal_px, focal_px, (width_px - 1) / 2, (height_px - 1) / 2, width_px, height_px
    )


def depth_of(picture: GraspPicture) -> NDArray[np.float32]:
    """Return the depth of a labelled picture along the optical axis, metres, (H, W), NaN: none.

    Raises:
        DataInvalid: the picture has no depth.
        CameraError: it can't be read, or is not of the colour's size.
    """
    if picture.depth_path is None:
        raise DataInvalid(f"'{picture.image_path.name}' has no depth, which is needed here.")
    depth_m = read_depth(picture.depth_path)
    require_size(depth_m, picture.width_px, picture.height_px, "the colour picture")
    if picture.measured_from_m is None:
        return depth_m
    intrinsics = guessed_intrinsics(picture.width_px, picture.height_px)
    return along_axis(depth_m, intrinsics, picture.measured_from_m)


def along_axis(
    distance_m: NDArray[np.float32], intrinsics: Intrinsics, origin_m: tuple[float, float, float]
) -> NDArray[np.float32]:
    """Return depths where a picture holds distances from a point that is not the camera.

    A pixel's ray d (with a third coordinate of 1) meets the distance r from o at the depth z with
    |z d - o| = r; of the two such depths it is the farther one, beyond the point nearest to o.

    Args:
        distance_m: metres, shape (H, W), NaN where none was measured.
        intrinsics: of the picture.
        origin_m: where the distances are measured from, in the colour optical frame.

    Returns:
        Metres along the optical axis, shape (H, W), NaN where the ray comes nowhere so near.
    """
    rays = intrinsics.back_project_all(np.ones_like(distance_m, np.float64))
    origin = np.asarray(origin_m)
    squared = (rays**2).sum(axis=-1)
    along = rays @ origin
    rest = along**2 - squared * (origin @ origin - distance_m.astype(np.float64) ** 2)
    z_m = (along + np.sqrt(np.where(rest >= 0.0, rest, np.nan))) / squared
    return np.where(z_m > 0.0, z_m, np.nan).astype(np.float32)
