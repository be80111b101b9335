"""What is true of a picture: which phrases name which of its pixels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class TrueThing:
    """A thing, or a part of one.

    Attributes:
        phrases: what it may be called, in lower case: `mug`, `handle of the mug`.
        is_part: whether it is a part.
        shape: of the picture, (H, W).
        packed: its mask, one bit a pixel.
    """

    phrases: frozenset[str]
    is_part: bool
    shape: tuple[int, int]
    packed: NDArray[np.uint8]

    @classmethod
    def of(
        cls, phrases: Iterable[str], mask: NDArray[np.bool_], is_part: bool = False
    ) -> TrueThing:
        """Return the thing whose pixels a mask, shape (H, W), shows."""
        height_px, width_px = mask.shape
        return cls(frozenset(phrases), is_part, (height_px, width_px), np.packbits(mask))

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Its pixels, shape (H, W)."""
        count = self.shape[0] * self.shape[1]
        return np.unpackbits(self.packed, count=count).reshape(self.shape).astype(bool)


@dataclass(frozen=True, slots=True, eq=False)
class PictureTruth:
    """A picture as the camera took it, and what is in it.

    Attributes:
        picture_rgb: uint8, shape (H, W, 3).
        things: and parts of them.
    """

    picture_rgb: NDArray[np.uint8]
    things: tuple[TrueThing, ...]
