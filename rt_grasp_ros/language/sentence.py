"""A sentence's clauses sorted by what they are: what is named, asked, spoken of and excluded."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .asides import is_aside, without_punctuation
from .clause_request import has_verb, main_request, without_fillers, without_request
from .clauses import clauses_of
from .exclusions import Excluded
from .left_beside import left_beside
from .near_by import near_of
from .purpose import purpose_of
from .request_words import load_request_words
from .statements import asked_for, said_not_to_be, spoken_of

_WORDS = load_request_words()

_TAKES_IT = re.compile(
    r"(?:please |then |and |so |just |now |can you |could you |will you )*(?:take|grasp|grab|lift"
    r"|hold|get|pick up|pick|fetch|bring me|give me|hand me|pass me|hand|bring|give|pass|i want"
    r"|i need|i would like) (?:it|that|this|one|them)(?: up| to me| over| here)*"
    r"(?: please| then| now| anyway| regardless| all the same| instead)*"
)
_TAGS = frozenset(["right", "ok", "okay", "yes", "no", "correct", "huh", "eh", "true", "or not"])
_ASKED_OF_YOU = re.compile(
    r"(?:please |so |then )?(?:(?:could|would|can|will)(?: not)? you|you could|you can)"
    r"(?: (?:please|kindly|help|do it|do that|do that for me|help me|get it|manage))*"
)
"""Said behind what somebody else can't do, or behind a command: "could you?"."""
_TAKEN_BACK = re.compile(
    r"(?:(?:actually|oh|or|and|but|sorry|well|please|hm+) )*(?:no|nope|nah|no wait|never mind"
    r"|rather not|better not|on second thoughts?\b.*|i (?:have )?changed my mind|scrap that)"
    r"(?: (?:thanks?|thank you|please|sorry|wait))*"
)
_ANY = re.compile(r"\b(?:anything|something|everything|whatever|any|all)\b")
_WISH = re.compile(
    r"(?:i|we) (?:need|want|have|would like|would love|am going|was going|am about|am trying|got)"
    rf" to (?!(?:{'|'.join(_WORDS.verbs)})\b)"
)
_WHAT_ONE_USES = re.compile(r"what (?:i|you|we|one|people) ")
_ASKED_FOR = re.compile(r"^.*?\b(?=(?:the|a|an|my|good|any)\b)")


@dataclass(slots=True)
class Sentence:
    """What the clauses of a sentence say, each kind in the order in which they were said.

    Attributes:
        named: clauses that say what to take, or more of it.
        asked: questions.
        spoken: things that are spoken of without being asked for, "it" may be one of them.
        excluded: what is forbidden or excepted.
        takes_it: whether "it" is asked for.
        taken_back: a clause that takes back what was named before it; empty where nothing does.
        wishes: what somebody wants to do, which tells what to take where nothing else does.
        is_long: whether there is more than one clause, or something in one that changes nothing.
        halt: a clause that ends what is under way; empty where there is none.
    """

    named: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    excluded: Excluded = field(default_factory=Excluded)
    takes_it: bool = False
    taken_back: str = ""
    is_long: bool = False
    halt: str = ""
    _goes_on: bool = False

    @classmethod
    def of(cls, text: str) -> Sentence:
        """Sort the clauses of a sentence.

        Args:
            text: from `written_out`.
        """
        sentence = cls()
        clauses = clauses_of(text)
        for clause, is_question in clauses:
            for part in without_punctuation(clause):
                sentence._read(part, is_question)
        sentence.is_long = len(clauses) > 1 or bool(sentence.excluded.lacking)
        if sentence.takes_it and not sentence.named:
            if sentence.spoken:
                sentence.named.append(f"take {sentence.spoken.pop()}")
            elif sentence.asked:
                asked = sentence.asked.pop()
                is_by_another = near_of(asked)[0] is not None
                thing = asked if is_by_another else _ASKED_FOR.sub("", asked)
                sentence.named.append(f"take {thing}")
        if not sentence.named:
            sentence.named += sentence.wishes[:1]
        return sentence

    def _read(self, clause: str, is_question: bool) -> None:
        if self.named and _TAKEN_BACK.fullmatch(clause):
            self.taken_back = clause
            return
        if self.named and is_question and clause in _TAGS and not has_verb(self.named[-1]):
            self.asked.append(f"{self.named[-1]}, {clause}")
            return
        if _ASKED_OF_YOU.fullmatch(clause):
            self.takes_it = self.takes_it or not self.named
            return
        bare = without_fillers(clause)
        if _TAKES_IT.fullmatch(clause) or _TAKES_IT.fullmatch(bare):
            self.takes_it = True
            return
        if not bare or bare in _WORDS.lone_fillers or self._is_beside(clause, bare, is_question):
            return
        if bare in _WORDS.halts or (
            bare.split()[0] in _WORDS.halts and bare.endswith((" it", " now"))
        ):
            self.halt = bare
            return
        if is_question and not _asks_for_grasp(bare):
            self.asked.append(bare)
        elif self._goes_on and _ANY.search(self.named[-1]) and not has_verb(bare):
            self.excluded.take_list_from(re.sub(r"^(?:and|or|nor) ", "", bare))
        else:
            self._read_command(bare)

    def _is_beside(self, clause: str, bare: str, is_question: bool) -> bool:
        """Whether a clause asks for nothing and forbids nothing; what it is about is noted."""
        is_wish = _WISH.match(bare) is not None
        is_before = not self.named and (is_wish or not has_verb(bare))
        is_said_beside = any(is_aside(said, is_before=is_before) for said in (clause, bare))
        about = "" if has_verb(bare) else spoken_of(clause) or spoken_of(bare)
        if is_said_beside and is_wish:
            self.wishes.append(bare)
        if is_said_beside:
            about = about or said_not_to_be(clause)
        if about:
            self.spoken.append(about)
            if is_question:
                self.asked.append(f"take {about}")
        return bool(about) or is_said_beside

    def _read_command(self, bare: str) -> None:
        before = self.excluded.count
        rest = without_fillers(self.excluded.take_from(without_request(bare)))
        if self.excluded.count > before:
            rest = without_fillers(left_beside(rest))
        self._goes_on = bool(self.named or rest) and self.excluded.count > before
        if not rest or rest in _WORDS.lone_fillers:
            self._goes_on = self._goes_on and bool(self.named)
            return
        if self.taken_back and main_request(rest).noun:
            self.named.clear()
            self.taken_back = ""
        self.named.append(rest)


def _asks_for_grasp(clause: str) -> bool:
    """Whether a clause in the form of a question asks for a grasp."""
    is_offer = any(clause.startswith(f"{offer} ") for offer in _WORDS.offers)
    is_use = _WHAT_ONE_USES.match(clause) is not None and bool(purpose_of(clause))
    return is_offer or has_verb(clause) or bool(asked_for(clause)) or is_use
