"""After the lift a model that points is asked whether the thing is in the gripper.

The fingers measure how wide they stand, and the picture may show otherwise: a thing that slipped
out late, a neighbour that was taken, something too thin for the fingers to feel. Where the two
disagree that is said; nothing moves for it, and `held` stays what was measured.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..language.target import Target
from ..language.yes_no import YesNoQuestion, says_yes

_LONGEST_PX = 1000


def held_question(target: Target) -> YesNoQuestion:
    """Return what is asked about a picture that was taken after the lift."""
    return YesNoQuestion(
        "A robot has just closed its gripper and lifted it. Is this in its gripper now, off the "
        f"table: {target.phrase}? Answer with yes or no first, then say why in one short sentence."
    )


def held_picture(image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture as it is shown for that: no side longer than 1000 px, shape (h, w, 3)."""
    height_px, width_px = image_rgb.shape[:2]
    scale = _LONGEST_PX / max(height_px, width_px)
    if scale >= 1.0:
        return image_rgb
    size_px = round(width_px * scale), round(height_px * scale)
    return np.asarray(cv2.resize(image_rgb, size_px, interpolation=cv2.INTER_AREA), np.uint8)


def disagreement(target: Target, is_held: bool, words: str) -> str:
    """Return a sentence where the model and the fingers disagree; empty where they do not.

    Args:
        target: what was asked for.
        is_held: whether the fingers hold something, as measured.
        words: the model's answer to `held_question`; one that is neither yes nor no says nothing.
    """
    seen = says_yes(words)
    if seen is None or seen is is_held:
        return ""
    measured = "something" if is_held else "nothing"
    sees = "does not see" if is_held else "sees"
    return (
        f"By their width the fingers hold {measured}, but the model {sees} the {target.phrase} in "
        f"the gripper ('{words.strip()[:200]}'); look at the gripper before you go on."
    )
