"""What real tables are answered with for comparison: no words, or the truth about the words."""

from __future__ import annotations

import numpy as np

from ..data.tabletop import TabletopCommand, read_mask
from ..grasp.candidates import ranked_grasps
from ..grasp.errors import GraspGeometryError
from ..grasp.frame import RgbdFrame
from ..grasp.grasp import Gripper
from ..grasp.rectangle import GraspRectangle
from ..grasp.support import find_support
from ..language.codec import JAW_PER_OPENING
from ..pipeline.grasps_there import grasps_on, plane_under
from ..proposals.antipodal_search import AntipodalSearch
from ..proposals.segments import find_segments
from .tabletop_trials import TabletopAnswer

_OPENING_OF_WIDTH = 0.12
_LARGEST_THINGS = 5


class TableCentre:
    """Grasps at the picture's centre, never refuses."""

    name = "image_centre"

    def __init__(self, gripper: Gripper) -> None:
        """Take the gripper's measures."""
        self._gripper = gripper

    def predict(self, frame: RgbdFrame, command: TabletopCommand) -> TabletopAnswer:
        """Return the same rectangle for every picture of a size."""
        height_px, width_px = frame.depth_m.shape
        opening_px = _OPENING_OF_WIDTH * width_px
        rectangle = GraspRectangle(
            width_px / 2,
            height_px / 2,
            0.0,
            opening_px,
            opening_px * JAW_PER_OPENING,
            width_px,
            height_px,
        )
        try:
            ((_, grasp),) = ranked_grasps(
                [rectangle],
                [1.0],
                frame.depth_m,
                frame.intrinsics,
                self._gripper,
                find_support(frame.depth_m, frame.intrinsics),
            )
        except GraspGeometryError:
            return TabletopAnswer(rectangle, None, "This is the middle of the picture.")
        return TabletopAnswer(rectangle, grasp, "This is the middle of the picture.")


class DepthAntipodal:
    """Grasps what can be grasped best, whatever was said."""

    name = "depth_antipodal"

    def __init__(self, gripper: Gripper) -> None:
        """Take the gripper's measures."""
        self._gripper = gripper
        self._search = AntipodalSearch(gripper)
        self._last: tuple[RgbdFrame, TabletopAnswer] | None = None

    def predict(self, frame: RgbdFrame, command: TabletopCommand) -> TabletopAnswer:
        """Return the best grasp on one of the largest things, the same for every command."""
        if self._last is None or self._last[0] is not frame:
            self._last = frame, self._best(frame)
        return self._last[1]

    def _best(self, frame: RgbdFrame) -> TabletopAnswer:
        try:
            things = find_segments(frame, find_support(frame.depth_m, frame.intrinsics))
        except GraspGeometryError as error:
            return TabletopAnswer(None, None, error.message)
        largest = sorted(things, key=lambda thing: -np.count_nonzero(thing.mask))
        grasps = [
            grasp
            for thing in largest[:_LARGEST_THINGS]
            for grasp in grasps_on(frame, thing.mask, thing.plane, self._search, self._gripper, 1)
            if grasp.is_executable
        ]
        if not grasps:
            return TabletopAnswer(None, None, "Nothing can be grasped.")
        best = max(grasps, key=lambda grasp: grasp.score)
        return TabletopAnswer(best.rectangle, best, "This can be grasped best.")


class OraclePointer:
    """Knows what is meant, and leaves the grasp to the proposals: what these reach at best."""

    name = "oracle_pointer"

    def __init__(self, gripper: Gripper) -> None:
        """Take the gripper's measures."""
        self._gripper = gripper
        self._search = AntipodalSearch(gripper)

    def predict(self, frame: RgbdFrame, command: TabletopCommand) -> TabletopAnswer:
        """Return the best grasp on what is meant."""
        if command.mask_path is None:
            return TabletopAnswer(None, None, "It is not there.")
        region = read_mask(command.mask_path)
        try:
            plane = plane_under(frame, region, find_support(frame.depth_m, frame.intrinsics))
        except GraspGeometryError as error:
            return TabletopAnswer(None, None, error.message)
        grasps = grasps_on(frame, region, plane, self._search, self._gripper, 1)
        if not grasps or not grasps[0].is_executable:
            return TabletopAnswer(None, None, "It can't be grasped.")
        return TabletopAnswer(grasps[0].rectangle, grasps[0], "This is meant.")
