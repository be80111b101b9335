"""The clauses of a sentence said after a grasp, by what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache

from .follow_up_words import load_follow_up_words
from .request_words import load_request_words

_WORDS = load_request_words()
_SAID = load_follow_up_words()

_MARKS = re.compile(r"[,;:!?()\u2013\u2014\u2026]+|(?<!\d)\.+|\.+(?!\d)|\s--?\s")
_NO_MORE = re.compile(
    r"^(?:no|not) (?:any )?(?:more|further|farther|less|longer|wider|higher|lower|narrower)\b"
)
_TAKES_BACK = re.compile(
    r"(?:never ?mind|enough (?:of|with)|no need|thanks? for|thank you for|i (?:like|love)) (?=\w)"
)
_MAY_FORBID = re.compile(
    r"\b(?:not?|nope|nah|never|without|except|but|stop|cancel|abort|wait|forget|leave|avoid"
    r"|ignore|skip|nothing|none|neither|nor|wrong|quit|halt|pause|freeze|enough|off|away|keep|undo|dont)\b|\?"
)
_ONLY_BEFORE = frozenset(["but", "and", "so", "no", "again", "robot", "well", "better"])
_GENERAL = frozenset(["one", "thing", "object", "item", "it"])


class Kind(Enum):
    """What a clause is."""

    AROUND = auto()
    """It is said before or behind what is wanted."""
    REPETITION = auto()
    FIRST_AGAIN = auto()
    BEFORE_LAST = auto()
    AGREEMENT = auto()
    REMARK = auto()
    CALL_OFF = auto()
    NO = auto()
    OTHER_ONE = auto()
    ANYTHING_ELSE = auto()
    OTHER_END = auto()
    REST = auto()
    """It says what is wanted, if anything."""


@dataclass(slots=True)
class Clauses:
    """The clauses of a sentence by what they are.

    Attributes:
        kinds: of all clauses, in their order.
        rest: those that say what is wanted, without what is said around it.
        called_off: those that take something back.
        name: what the other one is called; empty where it is not.
    """

    kinds: list[Kind] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    called_off: list[str] = field(default_factory=list)
    name: str = ""

    @classmethod
    def of(cls, text: str) -> Clauses:
        """Sort the clauses of a sentence.

        Args:
            text: from `written_out`.
        """
        said = cls()
        for piece in _MARKS.split(re.sub(r"(?<=\d),(?=\d)", ".", text)):
            if clause := piece.strip(" '\""):
                said._add(clause)
        return said

    def _add(self, clause: str) -> None:
        kind, words = self._kind_of(clause)
        self.kinds.append(kind)
        if kind is Kind.REST:
            self.rest.append(words)
        elif kind is Kind.CALL_OFF:
            self.called_off.append(clause)

    def _kind_of(self, clause: str) -> tuple[Kind, str]:
        """Return what a clause is, and what is left of it without what is said around it."""
        if _TAKES_BACK.match(clause):
            return Kind.CALL_OFF, clause
        if _NO_MORE.match(clause):
            return Kind.NO, clause
        for words in _stages(clause):
            kind = self._listed(words)
            if kind is not None:
                return kind, words
            if words in _SAID.lead_ins:
                return Kind.AROUND, ""
        return (Kind.REST, words) if words else (Kind.AROUND, "")

    def _listed(self, words: str) -> Kind | None:
        """Return what words are that are listed; None where they are not."""
        listed = (
            (_SAID.call_offs, Kind.CALL_OFF),
            (_SAID.repetitions, Kind.REPETITION),
            (_SAID.first_again, Kind.FIRST_AGAIN),
            (_SAID.before_last, Kind.BEFORE_LAST),
            (_SAID.agreements, Kind.AGREEMENT),
            (_SAID.remarks, Kind.REMARK),
            (_SAID.noes, Kind.NO),
            (_SAID.not_this, Kind.OTHER_ONE),
            (_SAID.anything_else, Kind.ANYTHING_ELSE),
            (_SAID.other_ends, Kind.OTHER_END),
        )
        for phrases, kind in listed:
            if words in phrases:
                return kind
        found = next((said for one in _SAID.other_ones if (said := one.fullmatch(words))), None)
        if found is None:
            return None
        name = found.groupdict().get("name") or ""
        if name not in _GENERAL:
            if name in {*_WORDS.parts, *_SAID.no_names, "part"}:
                return None
            self.name = self.name or name
        return Kind.OTHER_ONE


def without_ends(clause: str) -> str:
    """Return a clause without what is said before and behind what is wanted."""
    return _stages(clause)[-1]


def wordings(text: str) -> tuple[str, str]:
    """Return a sentence without its last mark, and without what is said around it as well."""
    bare = text.strip(" .!")
    return bare, without_ends(bare)


def may_forbid(text: str) -> bool:
    """Whether a sentence may forbid, take back or ask something.

    Args:
        text: from `written_out`.
    """
    return bool(_MAY_FORBID.search(text)) or text.split()[0] in _WORDS.question_starts


def _stages(clause: str) -> list[str]:
    """Return a clause, and what is left of it as more and more is taken from its ends."""
    stages = [clause]
    while (shorter := _shorter(stages[-1])) != stages[-1]:
        stages.append(shorter)
    return stages


def _shorter(clause: str) -> str:
    for one in _around():
        if clause == one:
            return ""
        if clause.startswith(f"{one} "):
            return clause.removeprefix(f"{one} ")
        if clause.endswith(f" {one}") and one not in _ONLY_BEFORE:
            return clause.removesuffix(f" {one}")
    return clause


@cache
def _around() -> tuple[str, ...]:
    """Return what is said around a wish, the longest first; nothing that may forbid one."""
    harmless = (one for one in _WORDS.fillers if not _MAY_FORBID.search(one))
    around = {*_SAID.lead_ins, *harmless} - {"just", "only"}
    return tuple(sorted(around, key=lambda one: (-len(one), one)))
