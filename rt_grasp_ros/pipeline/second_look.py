"""The grasp drawn into a part of the picture, and shown once more to a model that points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import ChoiceDoubted
from ..grasp.grasp import Grasp
from ..grasp.rectangle import GraspRectangle
from ..language.target import Target
from ..language.yes_no import YesNoQuestion, says_yes

CHECK_SHARE = 0.4
"""Side of the part that is shown, over the picture's shorter side."""

_SHOWN_PX = 448
_MOST_CHECKS = 3
_APART_M = 0.04
_FINGER_RGB, _WAY_RGB = (255, 0, 255), (0, 255, 255)

AskWhether = Callable[[NDArray[np.uint8], YesNoQuestion], str]
"""Shows the model a picture, and returns its words."""


def check_question(target: Target) -> YesNoQuestion:
    """Return what is asked about the picture that `drawn_crop` draws."""
    return YesNoQuestion(
        "The two magenta lines are the fingers of a gripper, the cyan line between them shows how "
        f"they will close. Are they about to take this: {target.phrase}? Answer with yes or no "
        "first, then say why in one short sentence."
    )


def drawn_crop(image_rgb: NDArray[np.uint8], rectangle: GraspRectangle) -> NDArray[np.uint8]:
    """Return the part of a picture around a grasp, the fingers drawn in, shape (448, 448, 3).

    Args:
        image_rgb: the camera's picture, shape (H, W, 3), uint8.
        rectangle: the grasp in it.
    """
    height_px, width_px = image_rgb.shape[:2]
    drawn = image_rgb.copy()
    corners = np.round(rectangle.corners()).astype(int)
    middles = np.round((corners + np.roll(corners, -1, axis=0)) / 2).astype(int)
    cv2.line(drawn, middles[1].tolist(), middles[3].tolist(), _WAY_RGB, 1)
    for first, second in ((0, 3), (1, 2)):
        cv2.line(drawn, corners[first].tolist(), corners[second].tolist(), _FINGER_RGB, 2)
    side_px = round(CHECK_SHARE * min(height_px, width_px))
    left = int(np.clip(round(rectangle.x_px - side_px / 2), 0, width_px - side_px))
    top = int(np.clip(round(rectangle.y_px - side_px / 2), 0, height_px - side_px))
    crop = drawn[top : top + side_px, left : left + side_px]
    return np.asarray(
        cv2.resize(crop, (_SHOWN_PX, _SHOWN_PX), interpolation=cv2.INTER_CUBIC), np.uint8
    )


def checked(
    image_rgb: NDArray[np.uint8], grasps: Sequence[Grasp], target: Target, ask: AskWhether
) -> list[Grasp]:
    """Return the grasps, in their order, with those rejected that the model does not confirm.

    The best grasp is shown, and after a no the best one at another place; the first that is
    confirmed ends it. An answer that is neither yes nor no counts as no.

    Args:
        image_rgb: the camera's picture.
        grasps: best first, rejected ones last.
        target: what was asked for.
        ask: asks the model.
    """
    kept = list(grasps)
    for check in range(_MOST_CHECKS):
        best = next((grasp for grasp in kept if grasp.is_executable), None)
        if best is None:
            break
        words = ask(drawn_crop(image_rgb, best.rectangle), check_question(target))
        if says_yes(words):
            break
        is_last = check == _MOST_CHECKS - 1
        doubt = ChoiceDoubted(target.phrase, words)
        kept = [
            replace(grasp, rejected_code=doubt.code, rejected_reason=doubt.message)
            if grasp.is_executable and (is_last or is_same_place(grasp, best))
            else grasp
            for grasp in kept
        ]
    return kept


def is_same_place(first: Grasp, second: Grasp) -> bool:
    """Whether two grasps are so near to each other that they take the same thing."""
    return bool(np.linalg.norm(first.position_m - second.position_m) < _APART_M)
