"""Follow-up turns that change the last grasp: "a bit to the left", "turn it ninety degrees"."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import yaml

from ..grasp.rectangle import GraspRectangle
from .codec import THOUSANDTHS
from .grounding import describe_closing, describe_place

NORMAL_STEP = 0.030
"""Step of an unqualified "to the left", over the longer side of the picture."""

NORMAL_TURN_RAD = math.radians(30)
NORMAL_OPENING_FACTOR = 1.25

_LEAST, _MOST = 0.5, 2.0  # of the step or of the opening's logarithm that was asked for
_TURN_TOLERANCE = 1 / 3  # of the turn that was asked for
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Refinement:
    """A change of the last grasp that follows from that grasp alone.

    Attributes:
        name: its key in `refinements.yaml`.
        right: step to the right in the picture, over its longer side.
        up: step up in the picture, over its longer side; up is away from the robot.
        turn_rad: counter-clockwise as seen.
        opening_factor: what the opening is multiplied with.
        does: completes "I ...".
        phrases: how people say it, in lower case.
        unseen: how people say it too; for evaluation only, never drawn in training.
    """

    name: str
    right: float
    up: float
    turn_rad: float
    opening_factor: float
    does: str
    phrases: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Redirection:
    """A change to another label of the picture: another part or another object.

    Attributes:
        name: `other_part`, `named_part` or `other_object`.
        phrases: templates in lower case; `{p}` is the new part, `{o}` the new object.
        unseen: templates for evaluation only, never drawn in training.
    """

    name: str
    phrases: tuple[str, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Everything in `refinements.yaml`, by name; the templates' fields are explained there."""

    refinements: dict[str, Refinement]
    redirections: dict[str, Redirection]
    refinement_answers: tuple[str, ...]
    redirection_answers: tuple[str, ...]

    def refinement_said(self, *wordings: str) -> Refinement | None:
        """Return the first refinement that one of a sentence's wordings says; None where none."""
        for refinement in self.refinements.values():
            if {*refinement.phrases, *refinement.unseen}.intersection(wordings):
                return refinement
        return None

    def is_other_part(self, *wordings: str) -> bool:
        """Whether one of a sentence's wordings asks for the other part of the same thing."""
        other = self.redirections["other_part"]
        return bool({*other.phrases, *other.unseen}.intersection(wordings))


def apply(refinement: Refinement, rectangle: GraspRectangle) -> GraspRectangle:
    """Return the changed grasp, its centre clipped into the picture and its opening to its side."""
    side_px = max(rectangle.image_width_px, rectangle.image_height_px)
    x_px = rectangle.x_px + refinement.right * side_px
    y_px = rectangle.y_px - refinement.up * side_px
    opening_px = rectangle.opening_px * refinement.opening_factor
    return replace(
        rectangle,
        x_px=min(max(x_px, 0.0), rectangle.image_width_px - 1.0),
        y_px=min(max(y_px, 0.0), rectangle.image_height_px - 1.0),
        theta_rad=rectangle.theta_rad + refinement.turn_rad,
        opening_px=min(max(opening_px, side_px / THOUSANDTHS), float(side_px)),
    )


def is_obeyed(refinement: Refinement, before: GraspRectangle, after: GraspRectangle) -> bool:
    """Whether a grasp was changed as asked, and not otherwise.

    - A move goes 0.5 to 2 times as far as asked (less far only where the picture ends), and strays
      sideways by at most half of that step.
    - A turn is the one asked for within a third of it, in that direction; angles are modulo pi.
    - An opening changes by 0.5 to 2 times the logarithm of the factor asked for.
    - What was not asked for changes by at most half a normal step: 0.015 of the longer side,
      15 degrees, the square root of 1.25 in opening.

    Args:
        refinement: what was asked.
        before: the grasp it was said of.
        after: the grasp that was answered, in the same picture's pixels.
    """
    return (
        _is_moved_as_asked(refinement, before, after)
        and _is_turned_as_asked(refinement, before, after)
        and _is_opened_as_asked(refinement, before, after)
    )


def describe(refinement: Refinement, after: GraspRectangle, template: str) -> str:
    """Return the reasoning of an answer to a follow-up.

    Args:
        refinement: what is changed.
        after: the changed grasp, whose place and closing direction are stated.
        template: one of `FollowUps.refinement_answers`.
    """
    return template.format(
        does=refinement.does, place=describe_place(after), closing=describe_closing(after)
    )


@cache
def load_follow_ups() -> FollowUps:
    """Read the follow-up turns that ship with the package."""
    text = resources.files(__package__).joinpath("refinements.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    return FollowUps(
        refinements={
            name: Refinement(
                name=name,
                right=entry.get("right", 0.0),
                up=entry.get("up", 0.0),
                turn_rad=math.radians(entry.get("turn_deg", 0.0)),
                opening_factor=entry.get("opening", 1.0),
                does=entry["does"],
                phrases=tuple(entry["phrases"]),
                unseen=tuple(entry["unseen"]),
            )
            for name, entry in raw["geometric"].items()
        },
        redirections={
            name: Redirection(name, tuple(entry["phrases"]), tuple(entry["unseen"]))
            for name, entry in raw["redirections"].items()
        },
        refinement_answers=tuple(raw["geometric_answers"]),
        redirection_answers=tuple(raw["redirection_answers"]),
    )


def _is_moved_as_asked(
    refinement: Refinement, before: GraspRectangle, after: GraspRectangle
) -> bool:
    side_px = max(before.image_width_px, before.image_height_px)
    right = (after.x_px - before.x_px) / side_px
    up = (before.y_px - after.y_px) / side_px
    step = math.hypot(refinement.right, refinement.up)
    if step == 0.0:
        return math.hypot(right, up) <= NORMAL_STEP / 2 + _ROUNDING
    possible = apply(refinement, before)
    room = math.hypot(possible.x_px - before.x_px, possible.y_px - before.y_px) / side_px
    along = (right * refinement.right + up * refinement.up) / step
    across = (right * refinement.up - up * refinement.right) / step
    is_far_enough = _LEAST * room - _ROUNDING <= along <= _MOST * step + _ROUNDING
    return is_far_enough and abs(across) <= step / 2 + _ROUNDING


def _is_turned_as_asked(
    refinement: Refinement, before: GraspRectangle, after: GraspRectangle
) -> bool:
    turned_rad = after.theta_rad - before.theta_rad
    tolerance_rad = abs(refinement.turn_rad) * _TURN_TOLERANCE or NORMAL_TURN_RAD / 2
    missed_rad = math.remainder(turned_rad - refinement.turn_rad, math.pi)
    return abs(missed_rad) <= tolerance_rad + _ROUNDING


def _is_opened_as_asked(
    refinement: Refinement, before: GraspRectangle, after: GraspRectangle
) -> bool:
    opened = math.log(after.opening_px / before.opening_px)
    if refinement.opening_factor == 1.0:
        return abs(opened) <= math.log(NORMAL_OPENING_FACTOR) / 2 + _ROUNDING
    possible = math.log(apply(refinement, before).opening_px / before.opening_px)
    asked = math.log(refinement.opening_factor)
    least, most = sorted((_LEAST * possible, _MOST * asked))
    return least - _ROUNDING <= opened <= most + _ROUNDING
