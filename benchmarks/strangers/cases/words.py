"""Sentences obeyed against their meaning: exclusions, prohibitions, questions, other languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from benchmarks.strangers.said import (
    ACCIDENTAL,
    EXCLUSIONS_LATER,
    EXCLUSIONS_OPEN,
    EXCLUSIONS_SEEN,
    PLAIN,
    PROHIBITED,
    REFUSED,
    UNMENDED_EXCLUSIONS,
    UNMENDED_PLAIN,
    UNMENDED_PROHIBITED,
    is_kept_from,
    is_meant,
)
from rt_grasp_ros.api import Grasper, load
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.labels import PartLabel
from rt_grasp_ros.sim.scene import random_scene

_PARTS = {
    "scissors": "blades",
    "screwdriver": "shaft",
    "hammer": "head",
    "spoon": "bowl",
    "mug": "handle",
}
_SCENES = 8
_SENTENCES = (
    "grasp the {noun}, but not by its {part}",
    "take the {noun} without touching the {part}",
)


def _share(kept: Sequence[bool], least: float) -> str:
    seen = f"{sum(kept)} of {len(kept)}"
    if sum(kept) < least * len(kept):
        raise CaseFailed(seen)
    return seen


def _exclusions(said: Sequence[tuple[str, str]]) -> Callable[[], str]:
    return lambda: _share([is_kept_from(*row) for row in said], 0.98)


def _refused(said: Sequence[str], least: float = 0.98) -> Callable[[], str]:
    return lambda: _share([not parse_request(sentence).may_move for sentence in said], least)


def _meant(said: Sequence[tuple[str, str]], least: float = 0.95) -> Callable[[], str]:
    return lambda: _share([is_meant(*row) for row in said], least)


def _off_the_part() -> str:
    """Ask the model in the cell's pictures for things, but not by a part of them."""
    grasper = load()
    kept = [
        is_off
        for seed in range(20_000, 20_000 + _SCENES)
        for is_off in _kept_in_scene(grasper, seed)
    ]
    return _share(kept, 0.98)


def _kept_in_scene(grasper: Grasper, seed: int) -> list[bool]:
    nouns = np.random.default_rng(seed).permutation(list(_PARTS))[:4].tolist()
    with Cell(random_scene(seed, object_names=nouns)) as cell:
        seen, labels = cell.observe(), cell.labels()
    kept = []
    for noun in nouns:
        for sentence in _SENTENCES:
            command = sentence.format(noun=noun, part=_PARTS[noun])
            found = grasper.detect(seen.rgb, seen.depth_m, seen.intrinsics, command)
            best = found.candidates[0].grasp.rectangle if found.candidates else None
            own = [label for label in labels if label.object_name == noun]
            if not own:
                continue
            nearest = None if best is None else min(own, key=lambda one: _apart_px(one, best))
            kept.append(nearest is None or nearest.part_name.rstrip("s") not in _PARTS[noun])
    return kept


def _apart_px(label: PartLabel, rectangle: GraspRectangle) -> float:
    return float(np.linalg.norm(label.rectangle.centre - rectangle.centre))


def cases() -> list[Case]:
    """Return the cases."""
    source = "arXiv 2508.16292, GroundingDINO#216"
    return [
        Case("words", "95 exclusions", source, "obeyed or refused", _exclusions(EXCLUSIONS_SEEN)),
        Case(
            "words", "40 more of them", source, "obeyed or refused", _exclusions(EXCLUSIONS_LATER)
        ),
        Case(
            "words",
            "100 in open wordings",
            source,
            "obeyed or refused",
            _exclusions(EXCLUSIONS_OPEN),
        ),
        Case("words", "105 that are no command", "review", "refused", _refused(REFUSED)),
        Case("words", "151 prohibitions", "review", "refused", _refused(PROHIBITED)),
        Case("words", "70 with 'not' by accident", "review", "still work", _meant(ACCIDENTAL)),
        Case("words", "111 plain commands", "review", "obeyed", _meant(PLAIN)),
        Case(
            "words",
            "20 exclusions, never mended for",
            "review",
            "obeyed or refused",
            _exclusions(UNMENDED_EXCLUSIONS),
        ),
        Case(
            "words",
            "30 prohibitions, never mended for",
            "review",
            "refused, or not what is forbidden",
            _refused(UNMENDED_PROHIBITED, 0.9),
        ),
        Case(
            "words",
            "20 plain with unusual asides, never mended for",
            "review",
            "obeyed, as far as it goes",
            _meant(UNMENDED_PLAIN, 0.4),
        ),
        Case(
            "words",
            "not by a part, in the cell",
            source,
            "another part is taken",
            _off_the_part,
            is_quick=False,
        ),
    ]
