"""The point eye that ships with the package, loaded once, when a point first needs it."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from ...grasp.errors import RtGraspError
from ...resources import share_path

if TYPE_CHECKING:
    from .point_eye import PointEye

DEFAULT_POINT_EYE = "models/point-eye"

_log = logging.getLogger(__name__)


@cache
def shipped_point_eye() -> PointEye | None:
    """Return the point eye; None, with a warning, where it can't be loaded: depth alone cuts."""
    from .point_eye import load_point_eye  # onnxruntime is for those who need it

    try:
        return load_point_eye(share_path(DEFAULT_POINT_EYE))
    except (RtGraspError, FileNotFoundError) as error:
        _log.warning("Points grow to things by depth alone: %s", error)
        return None
