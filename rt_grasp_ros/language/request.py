"""What a sentence asks for: what to take, where, which one, and what must not be touched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .change import Change


class Intent(Enum):
    """What kind of sentence it is; only the first two may move an arm."""

    GRASP = "grasp"
    """It names something to take."""
    FOLLOW_UP = "follow-up"
    """It changes the grasp of the turn before."""
    QUESTION = "question"
    CALL_OFF = "call-off"
    """It takes back what was asked for: never mind."""
    REMARK = "remark"
    """It asks for nothing: thanks."""
    PROHIBITION = "prohibition"
    """It only says what must not be done."""
    OTHER_ACTION = "other action"
    """It asks for something that is no grasp, or for more than one."""
    SEVERAL = "several"
    """It asks for more than one thing at once."""
    OTHER_LANGUAGE = "other language"
    UNCLEAR = "unclear"
    """Part of it could not be understood, and might forbid what the rest asks for."""


class Side(Enum):
    """Where in the picture the meant one lies among those of its kind."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"
    """Nearest to the camera's lower edge, which is the robot's side in the cell."""
    BACK = "back"
    MIDDLE = "middle"
    FRONT_LEFT = "front left"
    FRONT_RIGHT = "front right"
    BACK_LEFT = "back left"
    BACK_RIGHT = "back right"
    EDGE = "edge"
    """Nearest to where the table ends, or the picture of it."""


class Size(Enum):
    """By which measure the meant one differs from those of its kind."""

    LARGEST = "largest"
    SMALLEST = "smallest"
    TALLEST = "tallest"
    SHORTEST = "shortest"
    """By length of what lies along the table, else by height."""
    LOWEST = "lowest"
    LONGEST = "longest"
    THICKEST = "thickest"
    THINNEST = "thinnest"
    MEDIUM = "medium"


class Earlier(Enum):
    """Which grasp of a dialogue is meant again."""

    LAST = "last"
    BEFORE_LAST = "before last"
    FIRST = "first"


class Relation(Enum):
    """Where the meant one lies, seen from another thing."""

    BESIDE = "beside"
    FAR_FROM = "far from"
    LEFT_OF = "left of"
    RIGHT_OF = "right of"
    BEHIND = "behind"
    IN_FRONT_OF = "in front of"
    ON = "on"
    UNDER = "under"
    """It bears the other one, or holds it."""
    IN = "in"
    BETWEEN = "between"
    """Of two things."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Something that must not be taken or touched.

    Attributes:
        words: what it is called, such as `blade` or `red mug`.
        is_part: whether it is a part of the meant thing, or of any.
    """

    words: str
    is_part: bool


@dataclass(frozen=True, slots=True)
class ExcludedOne:
    """The one of several that must not be taken: "not the left one".

    Attributes:
        side: where it lies among its like.
        size: what it is among its like.
    """

    side: Side | None = None
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Among:
    """Those of its like on a side, of which the meant one is one: "the two mugs on the left".

    Attributes:
        side: where they lie among their like: left, right, at the front or the back.
        count: how many they are; 0 where that is not said, but that they are several.
    """

    side: Side
    count: int = 0


@dataclass(frozen=True, slots=True)
class NearBy:
    """Another thing that tells where the meant one lies.

    Attributes:
        relation: how.
        words: what the other one is called.
        also: what the second of two is called, between which the meant one lies; else empty.
    """

    relation: Relation
    words: str
    also: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A sentence, understood.

    Attributes:
        intent: what kind of sentence it is.
        plain: what a model is asked: the sentence without what it was never taught; empty where
            nothing is to be asked.
        noun: what is to be taken, without colour, size and place; empty where it is not called
            anything, such as "the leftmost object".
        purpose: what it is for, where it is not called anything, such as `drive nails`; else empty.
        part: by which part; empty where none is named.
        colours: that the thing is said to have.
        part_colours: that a part of it, or what is drawn on it, is said to have.
        excluded: what must not be taken.
        excluded_colours: that the thing is said not to have.
        excluded_ones: which of its like must not be taken.
        side: where it lies among its like, or where they are counted from.
        size: what it is among its like.
        rank: its number, counted from that side or in that measure; 1 is the first.
        row: in which row or column of its like it lies.
        among: those of its like of which it is one.
        near: another thing that it lies by.
        change: of the last grasp, where the intent is `FOLLOW_UP`.
        repeats: which grasp is meant again, where one is.
        is_another: whether another thing than the last is meant; `noun` is what it is called, empty
            where it is called as that was.
        leaves_out: whether a model is asked `plain` rather than the sentence, since that says more
            around the name of a known thing than the model was taught, or nothing but a name.
        unclear: the words that were not understood, where the intent is `UNCLEAR`.
    """

    intent: Intent
    plain: str = ""
    noun: str = ""
    purpose: str = ""
    part: str = ""
    colours: tuple[str, ...] = ()
    part_colours: tuple[str, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    excluded_colours: tuple[str, ...] = ()
    excluded_ones: tuple[ExcludedOne, ...] = ()
    side: Side | None = None
    size: Size | None = None
    rank: int = 1
    row: Side | None = None
    among: Among | None = None
    near: NearBy | None = None
    change: Change | None = None
    repeats: Earlier | None = None
    is_another: bool = False
    leaves_out: bool = False
    unclear: str = ""

    @property
    def may_move(self) -> bool:
        """Whether it asks for a grasp or a change of one."""
        return self.intent in (Intent.GRASP, Intent.FOLLOW_UP)

    @property
    def is_repeated(self) -> bool:
        """Whether a grasp of before is meant again."""
        return self.repeats is not None

    @property
    def is_called(self) -> bool:
        """Whether it says what the thing is, by a name or by its use."""
        return bool(self.noun or self.purpose)

    @property
    def tells_which(self) -> bool:
        """Whether it says which of several is meant, in a way that is measured."""
        has_colour = self.colours or self.part_colours or self.excluded_colours
        return bool(self.is_ranked or self.size or self.near or has_colour)

    @property
    def is_ranked(self) -> bool:
        """Whether it says which one by how all of its like lie."""
        return bool(self.side or self.row or self.among or self.excluded_ones or self.rank > 1)
