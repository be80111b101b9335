"""What is said right after a grasp: a change of it, another thing or part, the same, or nothing.

A follow-up is obeyed only where all of it is understood. Whatever else it is, such as thanks, a
bare "no" or words that no rule knows, it moves nothing.
"""

from __future__ import annotations

import re

from .change import Change
from .change_said import change_said
from .follow_up_clauses import Clauses, Kind, without_ends, wordings
from .follow_up_naming import OTHER_END, ReadAlone, named
from .follow_up_words import load_follow_up_words
from .refinement import load_follow_ups
from .request import Earlier, Intent, Request
from .request_words import load_request_words

_WORDS = load_request_words()
_SAID = load_follow_up_words()

_JOINED = re.compile(r"\b(?:and then|and(?! a half)|but|then)\b")
_POLITE = re.compile(
    r"^(?:(?:please|can|could|would|will|may|might) (?:you|we|i) (?:please |just |maybe |also )*"
    r"|(?:how|what) about |why do not you |why not )"
)
_SOFT = re.compile(
    r"(?:wait|hold on|hang on|one moment|never mind|do not mind|forget|ignore|leave|scrap)\b"
)
_THANKS = re.compile(r"\bthank|\bcheers\b|\bthx\b")
_REPEATS = {
    Kind.REPETITION: Earlier.LAST,
    Kind.FIRST_AGAIN: Earlier.FIRST,
    Kind.BEFORE_LAST: Earlier.BEFORE_LAST,
}
_JUDGES = re.compile(r"\b(?:too|not)\b")


def read_follow_up(text: str, read_alone: ReadAlone) -> Request:
    """Return what a sentence said after a grasp asks for.

    Args:
        text: from `written_out`.
        read_alone: reads what names a thing or part.
    """
    taught = load_follow_ups().refinement_said(*wordings(text))
    if taught is not None:
        return Request(Intent.FOLLOW_UP, plain=text, change=Change.of(taught))
    if load_follow_ups().is_other_part(*wordings(text)):
        return OTHER_END
    if wordings(text)[1] == "right":
        return _unclear(f"{text}: the side, or that it is")
    said = Clauses.of(text)
    return _wanted(text, said, read_alone) if said.rest else _without_wish(text, said)


def _without_wish(text: str, said: Clauses) -> Request:
    """Return the request of a sentence that says nothing beyond what is listed."""
    kinds = set(said.kinds) - {Kind.AROUND}
    if "?" in text and _POLITE.match(text) is None:
        return Request(Intent.QUESTION, unclear=text)
    if Kind.CALL_OFF in kinds:
        return Request(Intent.CALL_OFF, unclear=text)
    is_thanked = _THANKS.search(text) is not None
    wishes = kinds - {Kind.REMARK, Kind.NO, Kind.AGREEMENT}
    if len(wishes) == 1:
        (wish,) = wishes
        if wish in _REPEATS:
            return Request(Intent.FOLLOW_UP, plain=text, repeats=_REPEATS[wish])
        if wish is Kind.OTHER_ONE:
            return Request(Intent.FOLLOW_UP, plain=text, noun=said.name, is_another=True)
        if wish is Kind.OTHER_END:
            return OTHER_END
    if wishes == {Kind.OTHER_END, Kind.OTHER_ONE} and not said.name:
        return OTHER_END
    if wishes or Kind.NO in kinds:
        return _unclear(text)
    if Kind.AGREEMENT in kinds and not is_thanked:
        return Request(Intent.FOLLOW_UP, plain=text, repeats=Earlier.LAST)
    return Request(Intent.REMARK, unclear=text) if kinds else _unclear(text)


def _wanted(text: str, said: Clauses, read_alone: ReadAlone) -> Request:
    """Return the request of a sentence with words beyond those that are listed."""
    kinds = [kind for kind in said.kinds if kind is not Kind.AROUND]
    if kinds[-1] is Kind.CALL_OFF or not all(map(_SOFT.match, said.called_off)):
        return Request(Intent.CALL_OFF, unclear=text)
    is_polite = _POLITE.match(text) is not None
    is_question = text.split()[0] in _WORDS.question_starts and not text.startswith("do not ")
    rest = [_POLITE.sub("", clause) for clause in said.rest]
    change = change_said([part for clause in rest for part in _parts(clause)])
    if change is not None:
        is_judging = any(map(_JUDGES.search, rest))
        if (is_question and not is_polite) or ("?" in text and is_judging):
            return Request(Intent.QUESTION, unclear=text)
        return Request(Intent.FOLLOW_UP, plain=text, change=change)
    if with_exclusion := _change_with_exclusion(rest, text, read_alone):
        return with_exclusion
    is_other_said = Kind.OTHER_ONE in kinds and bool(said.name)
    if is_other_said or {*_REPEATS, Kind.ANYTHING_ELSE}.intersection(kinds):
        return _unclear(text)
    return named(text, said.rest, is_polite, read_alone)


def _parts(clause: str) -> list[str]:
    parts = (without_ends(one.strip()) for one in _JOINED.split(clause))
    return [part for part in parts if part and part not in _SAID.remarks]


def _change_with_exclusion(clauses: list[str], text: str, read_alone: ReadAlone) -> Request | None:
    """Return the request of a change that must keep away from something; None where it is none."""
    parts = [part for clause in clauses for part in _parts(clause)]
    for count in range(1, len(parts)):
        change = change_said(parts[:count])
        if change is not None:
            other = read_alone(", ".join(parts[count:]))
            if other.intent is Intent.PROHIBITION and other.excluded:
                return Request(Intent.FOLLOW_UP, plain=text, change=change, excluded=other.excluded)
            return _unclear(text)
    return None


def _unclear(text: str) -> Request:
    return Request(Intent.UNCLEAR, unclear=text)
