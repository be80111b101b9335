"""Where a named part of a thing lies, by the shape and colours of what depth cut out.

Nothing is learnt. What is at the top of a standing thing is taken from its height, what stands out
of a compact one (the handle of a mug) from its outline as seen from above, what is at an end of a
long one by where its width, its height and its colour change along it.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import yaml
from numpy.typing import NDArray

from ..grasp.frame import RgbdFrame
from ..proposals.segments import Segment
from .thing_shape import Profile, Split, ThingShape

_LONG = 1.7  # times as long as broad
_LYING = 0.6  # of its length: what is lower lies
_LEAST_SPLIT, _SURE_SPLIT = 0.25, 0.4
_HANDLE_SHARE, _HEAD_SHARE, _END_SHARE, _MIDDLE_SHARE = 0.8, 0.42, 0.25, 0.4
_GRIP_FROM_TO, _GRIP_SHARE = (0.35, 0.7), 0.55
_CAP_SHARE, _CAP_FROM = 0.2, 0.88
_ALIKE = 0.2  # logarithm: ends whose widths differ less are about as wide
_LEAST_OUT, _MOST_OUT = 0.02, 0.5
_RIM_M, _RIM_SHARE = 0.012, 0.18
_TOP_SHARE = 0.3
_FEWEST_PX = 30
_FEWEST_POINTS = 60


def part_region(
    frame: RgbdFrame, segment: Segment, noun: str, part: str
) -> NDArray[np.bool_] | None:
    """Return the pixels of a part, shape (H, W); None where the shape does not tell.

    Args:
        frame: that shows the thing.
        segment: the thing.
        noun: what it is called.
        part: what the part is called, such as `handle` or `metal cap`.
    """
    words = _words()
    name = part.split()[-1] if part else ""
    if not any(name in names for names in words.values()):
        return None
    shape = ThingShape.of(frame, segment)
    if len(shape.rows) < _FEWEST_POINTS:
        return None
    is_long = shape.length_m > _LONG * shape.breadth_m and shape.top_m < _LYING * shape.length_m
    lies = is_long and name not in words["rims"] - words["heads"]
    those = _of_long(shape, noun, name) if lies else _of_compact(shape, noun, name)
    if those is None:
        return None
    region = shape.pixels(those)
    return region if np.count_nonzero(region) >= _FEWEST_PX else None


@cache
def _words() -> dict[str, frozenset[str]]:
    text = resources.files(__package__).joinpath("parts.yaml").read_text(encoding="utf-8")
    return {kind: frozenset(names) for kind, names in yaml.safe_load(text).items()}


def _of_compact(shape: ThingShape, noun: str, name: str) -> NDArray[np.bool_] | None:
    """Return which points are a part of what stands, or is about as broad as long."""
    words = _words()
    out = shape.standing_out
    is_handle = _LEAST_OUT < out.mean() < _MOST_OUT
    if name in words["handles"] and _is_one_of(noun, "pistol_grips"):
        return _pistol_grip(shape)
    if name in words["handles"]:
        return out if is_handle else None
    body = ~out if is_handle else np.ones_like(out)
    if name in words["rims"]:
        band_m = max(_RIM_M, _RIM_SHARE * shape.top_m)
        return body & (shape.height_m > shape.top_m - band_m)
    if name in words["caps"]:
        return body & (shape.height_m > _cap_from_m(shape))
    if name in words["necks"]:
        return body & (shape.height_m > _neck_from_m(shape))
    if name in words["tops"]:
        return body & (shape.height_m > (1 - _TOP_SHARE) * shape.top_m)
    return None


def _pistol_grip(shape: ThingShape) -> NDArray[np.bool_] | None:
    """Return the grip of a drill: the middle as it stands, else what stands out of its body."""
    if shape.top_m > _LYING * shape.length_m:
        low, high = _GRIP_FROM_TO
        return (shape.height_m > low * shape.top_m) & (shape.height_m < high * shape.top_m)
    out = shape.standing_out
    if not _LEAST_OUT < out.mean() < _MOST_OUT:
        return None
    from_body_m = np.linalg.norm(shape.flat_m - shape.body_m, axis=1)
    near_m, far_m = np.percentile(from_body_m[out], [2, 98])
    return np.asarray(out & (from_body_m < near_m + _GRIP_SHARE * (far_m - near_m)))


def _is_one_of(noun: str, kind: str) -> bool:
    """Return whether a noun ends with a name of a list, as `cordless drill` does with `drill`."""
    return any(noun == name or noun.endswith(f" {name}") for name in _words()[kind])


def _cap_from_m(shape: ThingShape) -> float:
    """Return the height from which on the cap of a standing thing is seen."""
    split = shape.profile_upwards.between(0.5, 1.0).split(0.6, 0.96)
    return (split.at if split.strength > _SURE_SPLIT else _CAP_FROM) * shape.top_m


def _neck_from_m(shape: ThingShape) -> float:
    """Return the height from which on a standing thing is narrower than below."""
    heights_m = np.linspace(0.4, 0.92, 14) * shape.top_m
    widths_m = np.array([shape.wider_than(height_m) for height_m in heights_m])
    halfway_m = (widths_m[-1] + shape.wider_than(0.0)) / 2
    narrow = np.nonzero(widths_m < halfway_m)[0]
    return float(heights_m[narrow[0]]) if len(narrow) else (1 - _TOP_SHARE) * shape.top_m


def _of_long(shape: ThingShape, noun: str, name: str) -> NDArray[np.bool_] | None:
    """Return which points are a part of what lies, and is long."""
    words = _words()
    along = shape.along
    if name == "shaft" and _is_one_of(noun, "held_by_shaft"):
        name = "handle"
    if name in words["middles"]:
        return np.asarray(np.abs(along - 0.5) < _MIDDLE_SHARE / 2)
    if name in words["handles"] or name in words["heads"]:
        split = shape.profile.split(0.12, 0.88)
        if split.strength < _LEAST_SPLIT:
            split = Split(0.5, 0.0)
        is_first = _is_handle_first(shape.profile, split, noun) == (name in words["handles"])
        share = split.at if is_first else 1 - split.at
        most = _HANDLE_SHARE if name in words["handles"] else _HEAD_SHARE
        return _end(along, min(share, most), is_first=is_first)
    if name in words["caps"] or name in words["necks"]:
        return _cap_or_neck(shape, is_neck=name in words["necks"])
    if name in words["ends"] or name in words["tops"]:
        return _end(along, _END_SHARE, is_first=_narrower_first(shape.profile) > 0)
    return None


def _end(along: NDArray[np.float64], share: float, *, is_first: bool) -> NDArray[np.bool_]:
    return np.asarray(along < share if is_first else along > 1 - share)


def _is_handle_first(profile: Profile, split: Split, noun: str) -> bool:
    """Return whether the handle of a long thing is its first piece.

    The handles of some are wider and higher than the rest. Those of others are narrower, and
    mostly longer.
    """
    first, second = profile.between(0.0, split.at), profile.between(split.at, 1.0)
    if not len(first.places) or not len(second.places):
        return True
    if _is_one_of(noun, "wide_handles"):
        sections_m = [float(np.mean(one.widths_m + one.heights_m)) for one in (first, second)]
        return sections_m[0] > sections_m[1]
    widths_m = [float(np.percentile(one.widths_m, 80)) for one in (first, second)]
    longer = (split.at - 0.5) * split.strength
    return float(np.log(max(widths_m[1], 1e-3) / max(widths_m[0], 1e-3))) + longer > 0


def _narrower_first(profile: Profile) -> float:
    """Return how much narrower the first end is than the last one, as a logarithm."""
    ends = profile.between(0.0, _END_SHARE), profile.between(1 - _END_SHARE, 1.0)
    if not all(len(one.places) for one in ends):
        return 0.0
    widths_m = [max(float(np.mean(one.widths_m)), 1e-3) for one in ends]
    return float(np.log(widths_m[1] / widths_m[0]))


def _cap_or_neck(shape: ThingShape, *, is_neck: bool) -> NDArray[np.bool_]:
    """Return the cap or neck of what lies: at its narrower end, or where the colour changes."""
    narrower = _narrower_first(shape.profile)
    first = shape.profile.between(0.0, 0.55).split(0.06, 0.45)
    last = shape.profile.between(0.45, 1.0).split(0.55, 0.94)
    is_first = narrower > 0
    if abs(narrower) < _ALIKE:
        is_first = first.strength > last.strength
    cap = first if is_first else last
    cap_share = min(cap.at, 1 - cap.at) if cap.strength > _SURE_SPLIT else _CAP_SHARE
    if not is_neck:
        return _end(shape.along, cap_share, is_first=is_first)
    at = shape.profile.split(0.2, 0.8, by_width=True).at
    neck_share = at if is_first else 1 - at
    neck = _end(shape.along, min(neck_share, 0.5), is_first=is_first)
    below = neck & ~_end(shape.along, cap_share, is_first=is_first)
    return below if below.mean() > _LEAST_OUT else neck
