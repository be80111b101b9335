"""Points on drawn things, as a model would point at them, with the window and the truth there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.plane import Plane
from ...model.point_eye.point_eye import NARROWEST_M, WIDEST_M
from ...model.point_eye.window import SIDE_PX, Window, window_at
from .drawn_pictures import SEEN_PX, DrawnPicture

_ON_THING = 0.85  # of the points; the others are about its middle, as a model's are off by
_OFF_PX = 12.0
_FARTHEST_OFF_PX = 20.0
_AROUND_PX = 40
_POWERS = (0.3, 1.0, 2.0)  # of the distance to the outline: near it, anywhere, in the middle
_FEWEST_PX = 30  # of the window
_TURN_RAD = 0.25
_TILT, _TALL_M = (0.012, 0.012, 0.0036), 0.003  # errors of a plane
_COLOURLESS, _GRAY = 0.08, 0.18
_HOLES_PX = 12


class Pictures(Protocol):
    """Drawn pictures by number."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def __getitem__(self, index: int) -> DrawnPicture:
        """Return one."""
        ...


@dataclass(frozen=True, slots=True)
class PointBatch:
    """Points with the truth.

    Attributes:
        windows: what the network is shown, float32, shape (B, CHANNELS, S, S).
        truth: 1 where the thing is, float32, shape (B, 1, S, S).
    """

    windows: NDArray[np.float32]
    truth: NDArray[np.float32]


def draw_points(pictures: Pictures, count: int, rng: np.random.Generator) -> PointBatch:
    """Return points on things of random pictures, seen with a camera's and a plane's errors.

    Args:
        pictures: at least one of which shows a thing.
        count: of points.
        rng: draws all.
    """
    windows: list[NDArray[np.float32]] = []
    truths: list[NDArray[np.float32]] = []
    while len(windows) < count:
        drawn = _point_in(pictures[int(rng.integers(len(pictures)))], rng)
        if drawn is not None:
            windows.append(drawn[0])
            truths.append(drawn[1])
    return PointBatch(np.stack(windows), np.stack(truths)[:, None])


def _point_in(
    picture: DrawnPicture, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    shown = np.bincount(picture.thing_ids.ravel())
    numbers = [number for number in range(1, len(shown)) if shown[number] >= SEEN_PX]
    if not numbers:
        return None
    mask = picture.thing_ids == rng.choice(numbers)
    point_px = point_on(mask, picture.thing_ids > 0, rng)
    if point_px is None:
        return None
    side_m = float(np.exp(rng.uniform(np.log(NARROWEST_M), np.log(WIDEST_M))))
    plane = _mistaken(picture.plane, picture.frame.points_m[..., 2], rng)
    window = window_at(
        picture.frame,
        plane,
        point_px,
        side_m,
        turn_rad=rng.normal(0, _TURN_RAD),
        is_mirrored=bool(rng.random() < 0.5),
    )
    if window is None:
        return None
    truth = cv2.warpAffine(
        mask.astype(np.float32),
        window.to_frame,
        (SIDE_PX, SIDE_PX),
        flags=cv2.WARP_INVERSE_MAP | cv2.INTER_NEAREST,
    )
    if truth.sum() < _FEWEST_PX:
        return None
    return _as_seen(window, rng).channels(), np.asarray(truth, np.float32)


def point_on(
    mask: NDArray[np.bool_], things: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[float, float] | None:
    """Return a point (column, row) that means a thing; None where the draw means none surely.

    Args:
        mask: of the thing, shape (H, W).
        things: where any thing is, shape (H, W).
        rng: draws it.
    """
    height_px, width_px = mask.shape
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    inside = mask[top : top + height, left : left + width].astype(np.uint8)
    framed = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth_px = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    if rng.random() < _ON_THING:
        weights = np.where(depth_px >= 1, depth_px ** rng.choice(_POWERS), 0.0).ravel()
        total = np.cumsum(weights)
        if total[-1] <= 0:
            return None
        chosen = min(int(np.searchsorted(total, rng.random() * total[-1])), len(total) - 1)
        return float(left + chosen % width), float(top + chosen // width)
    row, column = np.unravel_index(int(depth_px.argmax()), depth_px.shape)
    x_px = float(left + column + rng.normal(0, _OFF_PX))
    y_px = float(top + row + rng.normal(0, _OFF_PX))
    if not (0 <= x_px < width_px - 1 and 0 <= y_px < height_px - 1):
        return None
    if mask[int(y_px), int(x_px)]:
        return x_px, y_px
    away_px = _away_px(mask, x_px, y_px)
    if away_px > _FARTHEST_OFF_PX or _away_px(things & ~mask, x_px, y_px) < away_px:
        return None
    return x_px, y_px


def _away_px(mask: NDArray[np.bool_], x_px: float, y_px: float) -> float:
    """Return how far a point is from the nearest pixel of a mask; infinity where it is empty."""
    rows, columns = np.nonzero(mask)
    return float(np.hypot(rows - y_px, columns - x_px).min(initial=np.inf))


def _mistaken(plane: Plane, depth_m: NDArray[np.float64], rng: np.random.Generator) -> Plane:
    """Return a plane, tilted about what is in view and moved, as a fit is mistaken."""
    normal = plane.normal + rng.normal(0, 1, 3) * _TILT
    far_m = float(np.nanmedian(depth_m))
    offset_m = plane.offset_m - (normal - plane.normal)[2] * far_m + rng.normal(0, _TALL_M)
    return Plane(normal, float(offset_m), plane.noise_m)


def _as_seen(window: Window, rng: np.random.Generator) -> Window:
    """Return a window in other light, with holes in its depth."""
    rgb = window.rgb
    colours = rng.random()
    if colours < _COLOURLESS:
        rgb = np.full_like(rgb, 0.5)
    elif colours < _GRAY:
        rgb = np.repeat(rgb.mean(axis=2, keepdims=True), 3, axis=2)
    else:
        rgb = rgb @ (np.eye(3) + rng.normal(0, 0.12, (3, 3))).astype(np.float32)
    rgb = (rgb - 0.5) * rng.uniform(0.5, 1.4) + 0.5 + rng.normal(0, 0.12)
    rgb = np.clip(rgb, 0, 1) ** rng.uniform(0.6, 1.6)
    if rng.random() < 0.4:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.4, 1.6)))
    rgb = np.clip(rgb + rng.normal(0, rng.uniform(0, 0.06), rgb.shape), 0, 1)
    depth_m, height_m = window.depth_m, window.height_m
    if rng.random() < 0.3:
        patches = cv2.resize(rng.random((_HOLES_PX, _HOLES_PX)), (SIDE_PX, SIDE_PX))
        depth_m = np.where(patches < rng.uniform(0.1, 0.35), np.float32(np.nan), depth_m)
    if rng.random() < 0.3:
        height_m = height_m + rng.normal(0, 0.002, height_m.shape)
    return replace(window, rgb=rgb.astype(np.float32), depth_m=depth_m, height_m=height_m)


def overlap(mask: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the intersection over union of two masks; 0 where both are empty."""
    either = np.count_nonzero(mask | truth)
    return np.count_nonzero(mask & truth) / either if either else 0.0


def shares(overlaps: Sequence[float]) -> dict[str, float]:
    """Return how many overlap by more than a half and three quarters, and the mean."""
    found = np.array(overlaps)
    return {
        "half": float((found > 0.5).mean()),
        "three_quarters": float((found > 0.75).mean()),
        "mean": float(found.mean()),
    }
