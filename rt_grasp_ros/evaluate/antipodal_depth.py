"""The antipodal baseline on registered depth: the object is what stands above the table."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..data.grasp_picture import GraspPicture
from ..data.picture_depth import depth_of, guessed_intrinsics
from ..grasp.errors import CameraError, GraspGeometryError
from ..grasp.support import fit_support_plane
from ..language.answer import Answer
from .antipodal import OBJECT_LEVEL, antipodal_grasp
from .label_prior import LabelPrior

_OBJECT_HEIGHT_M = 0.006
_FULL_RELIEF_M = 0.03
_WIDEST_OBJECT = 0.2  # of the picture's width
_HOLE_PX = 5


class AntipodalDepth:
    """Takes the table away and looks for opposed edges of what is left."""

    name = "antipodal_depth"

    def __init__(self, prior: LabelPrior) -> None:
        """Take the range of openings."""
        self._prior = prior

    def predict(self, picture: GraspPicture, command: str) -> Answer:
        """Return the best pair of edges, whatever the command; no grasp where there is none.

        Raises:
            DataInvalid: the picture has no depth.
        """
        side_px = max(picture.width_px, picture.height_px)
        try:
            relief = relief_of_depth(depth_of(picture))
        except (CameraError, GraspGeometryError) as error:
            return Answer(error.message, None, 0.0)
        rectangle = antipodal_grasp(
            relief, self._prior.narrow_opening * side_px, self._prior.wide_opening * side_px
        )
        return Answer("These edges of the depth are opposed.", rectangle, 1.0)


def relief_of_depth(depth_m: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the height above the table, 0.5 where an object begins, 1 from 3 cm on; (H, W).

    The table of a distorted camera is not quite a plane. What is broader than an object is
    therefore taken away after the plane (a top-hat transform), walls and the table's bend alike.
    Holes in the depth count as table.

    Args:
        depth_m: shape (H, W), NaN where invalid.

    Raises:
        NoSupportPlane: no table is seen.
    """
    height_px, width_px = depth_m.shape
    intrinsics = guessed_intrinsics(width_px, height_px)
    plane = fit_support_plane(depth_m, intrinsics)
    points_m = intrinsics.back_project_all(depth_m)
    height_m = np.nan_to_num(plane.height_m(points_m), nan=0.0).astype(np.float32)
    broad_px = round(_WIDEST_OBJECT * width_px)
    broad = cv2.getStructuringElement(cv2.MORPH_RECT, (broad_px, broad_px))
    hat_m = cv2.morphologyEx(cv2.medianBlur(height_m, _HOLE_PX), cv2.MORPH_TOPHAT, broad)
    levels_m = (0.0, _OBJECT_HEIGHT_M, _FULL_RELIEF_M)
    return np.interp(hat_m, levels_m, (0.0, OBJECT_LEVEL, 1.0)).astype(np.float32)
