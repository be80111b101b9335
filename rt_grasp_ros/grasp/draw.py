"""Grasps drawn into a picture, with the reasoning below them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .grasp import Grasp
from .rectangle import GraspRectangle

_JAW = (255, 64, 64)  # RGB, as all colours here
_OPENING = (64, 224, 255)
_REJECTED = (150, 150, 150)
_LABEL = (40, 200, 60)
_HALO = (16, 16, 16)
_TEXT = (245, 245, 245)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_MAX_CAPTION_LINES = 5
_SUBPIXEL_BITS = 4


def draw_grasps(
    image_rgb: NDArray[np.uint8], grasps: Sequence[Grasp], caption: str = ""
) -> NDArray[np.uint8]:
    """Return a copy of the picture with grasps and a caption.

    The jaws are drawn thick and red, the edges along which they close thin and light blue; grasps
    after the first are thinner, rejected ones grey.

    Args:
        image_rgb: shape (H, W, 3), uint8.
        grasps: best first.
        caption: such as the reasoning; wrapped, shortened where it would cover too much.
    """
    picture = image_rgb.copy()
    width_px = max(1, round(picture.shape[0] / 300))
    for index, grasp in reversed(list(enumerate(grasps))):
        is_best = index == 0 and grasp.is_executable
        _draw_rectangle(picture, grasp.rectangle, grasp.is_executable, width_px + is_best)
    if caption.strip():
        _draw_caption(picture, caption)
    return picture


def draw_comparison(
    image_rgb: NDArray[np.uint8],
    labels: Sequence[GraspRectangle],
    prediction: GraspRectangle | None,
) -> NDArray[np.uint8]:
    """Return a copy of the picture with labelled grasps in thin green below a predicted one.

    Args:
        image_rgb: shape (H, W, 3), uint8.
        labels: good grasps.
        prediction: drawn as `draw_grasps` draws the best one; None where there is none.
    """
    picture = image_rgb.copy()
    width_px = max(1, round(picture.shape[0] / 300))
    for label in labels:
        corners = label.corners()
        for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            _draw_line(picture, start, end, _LABEL, width_px)
    if prediction is not None:
        _draw_rectangle(picture, prediction, True, width_px + 1)
    return picture


def _draw_rectangle(
    picture: NDArray[np.uint8], rectangle: GraspRectangle, is_executable: bool, width_px: int
) -> None:
    """Draw one rectangle in place."""
    corners = rectangle.corners()
    jaw = _JAW if is_executable else _REJECTED
    opening = _OPENING if is_executable else _REJECTED
    edges = [
        (corners[0], corners[1], opening, width_px),
        (corners[3], corners[2], opening, width_px),
        (corners[0], corners[3], jaw, 2 * width_px),
        (corners[1], corners[2], jaw, 2 * width_px),
    ]
    for start, end, _, thickness in edges:
        _draw_line(picture, start, end, _HALO, thickness + 2)
    for start, end, colour, thickness in edges:
        _draw_line(picture, start, end, colour, thickness)
    arm = rectangle.opening_direction * 2.5 * width_px
    _draw_line(picture, rectangle.centre - arm, rectangle.centre + arm, jaw, width_px)


def _draw_line(
    picture: NDArray[np.uint8],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    colour: tuple[int, int, int],
    thickness: int,
) -> None:
    """Draw a line between pixel coordinates `[x, y]` (shape (2,)) of `GraspRectangle`."""
    scale = 1 << _SUBPIXEL_BITS
    first, second = (
        tuple(np.round((point - 0.5) * scale).astype(int).tolist()) for point in (start, end)
    )
    cv2.line(picture, first, second, colour, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)


def _draw_caption(picture: NDArray[np.uint8], caption: str) -> None:
    """Write text on a darkened strip at the bottom, in place."""
    height_px, width_px = picture.shape[:2]
    size = max(0.4, height_px / 1000)
    thickness = max(1, round(height_px / 500))
    margin_px = max(4, round(height_px / 60))
    lines = _wrapped(caption, width_px - 2 * margin_px, size, thickness)
    line_px = round(1.7 * cv2.getTextSize("Ag", _FONT, size, thickness)[0][1])
    strip_px = min(height_px, line_px * len(lines) + margin_px)
    strip = picture[height_px - strip_px :]
    cv2.convertScaleAbs(strip, dst=strip, alpha=0.3)
    for row, line in enumerate(lines):
        baseline_px = height_px - strip_px + line_px * (row + 1)
        cv2.putText(
            picture, line, (margin_px, baseline_px), _FONT, size, _TEXT, thickness, cv2.LINE_AA
        )


def _wrapped(text: str, width_px: int, size: float, thickness: int) -> list[str]:
    """Break text into lines that fit, at most `_MAX_CAPTION_LINES`; the font knows ASCII only."""
    lines: list[str] = []
    for paragraph in text.encode("ascii", "replace").decode().splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and cv2.getTextSize(longer, _FONT, size, thickness)[0][0] > width_px:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    if len(lines) > _MAX_CAPTION_LINES:
        lines = [*lines[: _MAX_CAPTION_LINES - 1], lines[_MAX_CAPTION_LINES - 1] + " ..."]
    return lines
