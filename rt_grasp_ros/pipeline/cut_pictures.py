"""What was cut out of the last pictures: a second command about one does not cut it again."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..grasp.support import Support
from ..proposals.segments import Segment

MOST_PICTURES = 1
"""The masks of one take some 10 to 20 MB, and commands about one come one after the other."""

Cut = tuple[list[Segment], NDArray[np.float64]]
"""Segments, and how likely each is one whole thing, shape (S,)."""


class CutPictures:
    """The cuts of the last pictures, by their pixels: cameras and callers reuse their buffers."""

    def __init__(self, cut: Callable[[RgbdFrame, Support], Cut]) -> None:
        """Take what cuts a picture that is not known."""
        self._cut = cut
        self._known: OrderedDict[bytes, Cut] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, frame: RgbdFrame, support: Support) -> Cut:
        """Return the cut of a frame; not to be changed, since it is kept.

        Args:
            frame: colour, depth and intrinsics.
            support: the planes that may bear things.
        """
        key = _key(frame, support)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = self._cut(frame, support)
            with self._lock:
                self._known[key] = known
                while len(self._known) > MOST_PICTURES:
                    self._known.popitem(last=False)
        return known


def _key(frame: RgbdFrame, support: Support) -> bytes:
    """Return what stands for all that a cut depends on: colours, depth, lens and planes."""
    found = hashlib.blake2b(digest_size=16)
    found.update(frame.rgb.tobytes())
    found.update(frame.depth_m.tobytes())
    found.update(repr((frame.depth_m.shape, frame.intrinsics)).encode())
    for plane in support.planes:
        found.update(np.append(plane.normal, [plane.offset_m, plane.noise_m]).tobytes())
    return found.digest()
