"""What a clause forbids, excepts or warns of: "not by its blade", "leave the banana alone"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .asides import without_asides
from .name_words import DETERMINERS
from .part_warning import warned_of
from .request import ExcludedOne, Exclusion
from .request_words import load_request_words
from .selection import excluded_one

PRONOUNS = frozenset(
    ["it", "them", "this", "that", "anything", "something", "there", "here", "one", "ones"]
)

NEVER = (
    r"\b(?:under|in|on|at|by) (?:absolutely )?no"
    r" (?:circumstances?|accounts?|cases?|events?|conditions?|means|ways?|(?<!in no )time)\b"
)
"""Said for "not": "under no circumstances"."""


_WORDS = load_request_words()

_CUE = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nothing|nowhere|nobody|without|sans|except\w*|exclud\w*"
    r"|avoid\w*|spare|sparing|skip\w*|ignor\w*|omit\w*|besides|barring|minus|save for|apart from"
    r"|aside from|other than|instead of|rather than|as opposed to|in place of|in lieu of|beware"
    r"|hands off|fingers off|paws off|gripper off|off|untouched|alone|away from|clear of|far from"
    r"|out of|forbid\w*|prohibit\w*|refrain\w*|refus\w*|taboo|leav\w+|unless|steer|keep|stay|shun"
    r"|evade|dodge|bypass|wary|careful|watch out|look out|mind|cautious|protect\w*|preserve|free"
    r"|hate|dislike|stop|cease|exempt|anything but|everything but|something but|all but|any but"
    r"|whatever but|far away|hardly|barely|reject\w*|disregard\w*|neglect\w*|distance|danger\w*"
    r"|do nothing|let alone|pass over|pass on|give a miss|give a wide berth|berth|respect"
    r"|sacred|banned|ban|veto\w*|illegal|verboten|impermissible|allowed|stays|remains?|over"
    r"|no-go|excepted|elsewhere|such that|care|heed)\b"
)
"""Words of which each has to be explained by a rule, or the sentence is not understood."""

_HOLD = (
    r"(?:touch|hold|grip|grab|grasp|use|tak|take|contact|press|squeez|squeeze|pinch|clamp|seiz"
    r"|seize|catch|pick(?: up)?|get|gett|reach|go|com|come|bump|hit|hitt|disturb|mov|move|damag"
    r"|damage|scratch|mark|bother|knock|lift|graz|graze|brush|handl|handle|clos|close|put|putt|plac"
    r"|place|clutch|lay|mess|fiddle|approach|us|rest|lean|push|pull|select|choos|choose|involv"
    r"|nudg|nudge|collid|collide|strik|strike|bend|break|crush|smudg|smudge|stain|poke|pok)"
)
_HOLDING = (
    rf"{_HOLD}(?:ing|ed|s)?(?: (?:up|over|on|onto|for|near|into|to|at|by|with|against|hands on"
    r"|your fingers on|the fingers on|a finger on|fingers on|hold of|anywhere near|close to))*"
)
_AT = (
    r"(?:by|at|on|from|near|around|along|onto|over|in|to|across|above|upon|with|of|for|about"
    r"|anywhere near|close to|against)"
)
_NP = r"(?P<np>[a-z0-9' -]+?)"
_END = r"(?=$|\b(?:and|but|while|when|because|since|so|please|though|then|which|who|where|if)\b)"
_WHO = r"(?:your |the )?(?:fingers?|hands?|gripper|jaws?|paws|claws?|arm|it|yourself)"
_MODAL = r"(?:must|should|shall|may|can|is|are|has|have|does|do|will|ought|needs?|was|were)"

_RULES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:sans|minus|zero|no|without)(?: any| making any| the slightest)* (?:contact|touch)"
        rf" (?:with|to|of|on|at|by) {_NP}{_END}",
        rf"\b(?:sans|minus|zero|no|without)(?: any)? {_NP} (?:contact|touch|touching)\b",
        rf"\b(?:not|nowhere)(?: (?:near|close to|around|by|at))* where {_NP}"
        r" (?:is|are|begins?|starts?|sits?)\b",
        rf"\bnowhere (?:near|close to|around|by|at|on) {_NP}{_END}",
        rf"\b(?:any)?where(?:ver)? {_NP} (?:is|are) not\b",
        rf"\b(?:with|keeping|leaving) {_NP} (?:untouched|intact|free|clear|clean|dry|unharmed"
        rf"|undisturbed|unscathed|unused|unsqueezed|left alone|in peace|spared|uncovered)\b",
        rf"\b(?:without|sans)(?: (?:ever|even|actually|you|{_WHO}))* {_HOLDING}(?: any of)?"
        rf" {_NP}{_END}",
        rf"\bwithout (?:any |making |having )*(?:contact|touch) (?:with |to |of )?{_NP}{_END}",
        rf"\b(?:instead of|rather than|as opposed to|in place of|in lieu of)(?: {_HOLDING})?"
        rf"(?: it| them)?(?: {_AT})* {_NP}{_END}",
        rf"\b(?:except(?:ing)?(?: for| from)?|exclud(?:e|es|ing)|other than|apart from|aside from"
        rf"|besides|barring|save for|minus|let alone|(?<=anything )but|(?<=everything )but"
        rf"|(?<=something )but|(?<=whatever )but|(?<=all )but|(?<=any )but)(?: {_AT})* {_NP}{_END}",
        rf"\b(?:that|which) (?:is|are|was) not (?:(?:the|a|an|my|your|its|their)\s)+{_NP}"
        rf"{_END}",
        rf"\bany(?:thing|where)? (?:part |place |spot |side |other )*but (?:{_AT} )*{_NP}{_END}",
        rf"\bother than(?: {_AT})* {_NP}{_END}",
        rf"\bover {_NP}{_END}",
        rf"\bwhose {_NP} (?:you|{_WHO}) .*\b(?:not|never)\b.*$",
        rf"\bwithout {_WHO} (?:{_AT} )+{_NP}{_END}",
        rf"^{_NP} (?:is|are) (?:a |an )?(?:no-go|excepted|excluded|out of the question)$",
        rf"^{_NP} (?:excepted|excluded|not included|aside)$",
        rf"\b(?:with )?(?:care|heed) (?:for|of|with|about|to) {_NP}{_END}",
        rf"\bwithout {_NP} being [a-z]+(?: by [a-z]+)?",
        rf"\bgive {_NP} (?:a miss|a wide berth|some distance|space|room)\b",
        rf"\bmake sure (?:that )?(?:you |{_WHO} )?(?:do(?:es)?|will|can|must)? ?(?:not|never)"
        rf"(?: to)? {_HOLDING}(?: it| them)?(?: {_AT})* {_NP}{_END}",
        rf"\b(?:be |take )?(?:careful|care|cautious|sure|certain)(?: that you do)?(?: to)? not"
        rf"(?: to)? {_HOLDING}(?: it| them)?(?: {_AT})* {_NP}{_END}",
        rf"\b(?:avoid(?:ing|s)?|spar(?:e|ing)|skip(?:ping)?|ignor(?:e|ing)|omit(?:ting)?|shun|evade"
        rf"|dodge|bypass|disregard(?:ing)?|neglect(?:ing)?|reject|exempt|beware|watch out|look out"
        rf"|mind(?:ing)?|protect(?:ing)?|preserve|respect|(?:be )?(?:careful|wary|cautious)"
        rf"|refrain from|stop|cease|forbid(?:den)?|hate|dislike|refuse|veto|ban|pass over|pass on)"
        rf"(?: to| of| for| about| with| around| from| that)*(?: {_HOLDING})?(?: it| them)?"
        rf"(?: {_AT})* {_NP}{_END}",
        rf"\b(?:keep|stay|steer|remain|be|move|get|hold)(?:ing|s)?(?: {_WHO}| well| far| very| at)*"
        rf"(?: (?:away|clear|off|far|out|back|a (?:safe )?distance|distance|apart))+"
        rf"(?: of| from| to)* {_NP}{_END}",
        rf"\b(?:(?:your |the )?(?:hands?|fingers?|paws?|claws?|jaws|gripper) )?(?:well )?"
        rf"(?:away from|far from|clear of|hands off|fingers off|paws off|gripper off|off"
        rf"|distance (?:to|from)|free of|free from|out of) (?:of )?{_NP}{_END}",
        rf"\b(?:leav(?:e|ing)|let(?:ting)?|keep(?:ing)?) {_NP} (?:alone|be|there|where (?:it|they)"
        rf" (?:is|are|lies?)|untouched|in peace|free|clear|out|uncovered|as (?:it|they) (?:is|are)"
        rf"|behind|lying|standing|on the table|in place|unharmed|undisturbed|intact|safe|clean"
        rf"|visible|out of it|aside)\b(?: of it)?",
        rf"\bleav(?:e|ing) (?:out )?{_NP}{_END}",
        rf"^(?:with )?{_NP} {_MODAL}(?: to)? (?:not|never)(?: to)?(?: (?:be|get|come|allowed|ok"
        rf"|okay|fine|meant|supposed))*(?: to)?(?: (?:be|get))?(?: {_HOLDING}|[a-z]+ed|held|taken"
        rf"|gripped|for [a-z ]+|ours|mine|yours|safe|to [a-z ]+|stay [a-z]+|where [a-z ]+)?"
        rf"(?: by [a-z]+)?$",
        rf"^{_NP} {_MODAL}(?: to)?(?: stay| remain| be| kept| left)* (?:off limits|taboo|forbidden"
        rf"|prohibited|untouched|free|clear|alone|uncovered|out of bounds|excluded|exempt"
        rf"|avoided|spared|ignored|skipped|unharmed|banned|sacred|not allowed)$",
        rf"^{_NP} {_MODAL}(?: to)? (?:not|never)\b.*$",
        rf"^{_NP} (?:stays|remains) (?:free|clear|where it is|untouched|off limits|alone|there)$",
        rf"^(?:no|not) {_HOLDING}(?: any of)?(?: it| them)?(?: {_AT})* {_NP}{_END}",
        rf"\b(?:(?:do|does|did|should|must|can|may|will|shall|would|could|ought|need|you|i|we) )*"
        rf"(?:not|never)(?: to| ever| be| you| even| simply| just| dare| try| please| want| wish"
        rf"| need| like| allow| allowed| let| {_WHO})* {_HOLDING}(?: it| them| hold| onto)*"
        rf"(?: {_AT})* {_NP}{_END}",
        rf"\b(?:no|nor|neither)(?: more)? {_HOLDING}(?: it| them)?(?: of)?(?: {_AT})* {_NP}{_END}",
        rf"\b(?:(?:do|i|we|you) )*(?:not|never|nor|neither)(?: (?:ever|even|anywhere|directly"
        rf"|right|want|with|need))*(?: {_AT})* {_NP}{_END}",
        rf"\b(?:no|none of) {_NP}{_END}",
    )
)
"""How what is excluded is said; the first rule that fits a clause is taken."""

_TAKING = r"(?:take|grasp|grab|lift|pick|get|fetch|bring|hold|give)"
_DROPPED = re.compile(r"\b(?:drop|spill|lose|let go of) (?:the|my|its|your|that|this) [a-z]+")
"""Of what is taken that is harmless; of any other thing it may forbid something."""

_NOT_THERE = re.compile(
    r"\b(?:that|which) (?:is|are|was|lies|stands|sits) not"
    r" (?:(?:lying|standing|sitting|placed|the) )*(?P<said>[a-z -]+)$"
)
"""Said of the meant thing, to tell it from its like: "that is not on the left"."""

_WHAT_IT_IS_FOR = re.compile(
    r"\b(?:thing|something|anything|tool|object|item|one) (?:(?:that|which) is )?"
    r"(?:(?:used|good|made|meant) )?(?:for|to) (?:protect|keep)(?:ing)?"
    r" (?!it\b|them\b)(?!.*\b(?:away|off|clear|out|far|alone|untouched)\b)[a-z' -]+$"
)
"""What a thing is for, which forbids nothing: "the thing for keeping hands clean"."""

_AND_MORE = re.compile(
    rf"\s*\b(?:and|or|nor)\b (?P<np>(?P<first>[a-z0-9'-]+)[a-z0-9' -]*?)(?:{_END}|(?= {_TAKING}\b))"
)
"""What is excluded, too: "except the cup and the can"."""

_OTHER_THAN_MORE = frozenset(["instead", "rather", "only", "just", "then", "please", "now"])

_IN_A_NAME = re.compile(
    r"\b(?:the|a|an|my|your|this|that) (?:[a-z-]+-)?(?:stop|keep|leave-in|leaver?|minus|free"
    r"|skip\w*|except\w+|ban"
    r"|mind\w*|danger\w*|respect\w*|nothing-[a-z]+|no-[a-z]+|off-[a-z]+)(?= [a-z]|$)"
)
"""Where such a word is part of what a thing is called, as in "the stop sign"."""


@dataclass(slots=True)
class Excluded:
    """What clauses exclude, gathered one after the other.

    Attributes:
        things: things and parts.
        colours: that the meant thing does not have, as they are measured.
        ones: which of its like the meant thing is not.
        forbidden: what was forbidden without a name, such as "do not touch it".
        unclear: clauses with a forbidding word that no rule explains.
        lacking: what the meant thing is said not to have, such as a lid.
        is_cued: whether any such word was seen at all.
    """

    things: list[Exclusion] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    ones: list[ExcludedOne] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    is_cued: bool = False

    @property
    def is_any(self) -> bool:
        """Whether anything was excluded or forbidden."""
        return self.count > 0

    @property
    def count(self) -> int:
        """How much was excluded or forbidden so far."""
        return len(self.things) + len(self.colours) + len(self.ones) + len(self.forbidden)

    def take_from(self, clause: str) -> str:
        """Note what a clause excludes, and return what else it says.

        Args:
            clause: in lower case, contractions written out.
        """
        warned = warned_of(clause, is_forbidding=_CUE.search(clause) is not None)
        if warned:
            self.is_cued = True
            self._add(warned)
            return ""
        clause = self._without_place(clause)
        clause, said = without_asides(clause)
        self._add_colours_of(said)
        self.lacking += _DROPPED.sub(" ", said).split()
        while _CUE.search(_WHAT_IT_IS_FOR.sub(" ", _IN_A_NAME.sub(" ", clause))):
            self.is_cued = True
            found = next((match for rule in _RULES if (match := rule.search(clause))), None)
            if found is None:
                self.unclear.append(clause)
                return ""
            self._add(found["np"])
            after = self._take_more_from(clause[found.end() :])
            clause, _ = without_asides(_joined(clause[: found.start()], after))
        return clause

    def _without_place(self, clause: str) -> str:
        """Note where a clause says that the meant thing is not, and return it without that."""
        found = _NOT_THERE.search(clause)
        one, called = excluded_one(found["said"]) if found else (None, "")
        if found is None or one is None or called:
            return clause
        self.is_cued = True
        self.ones.append(one)
        return clause[: found.start()].strip()

    def take_list_from(self, clause: str) -> None:
        """Note what a clause excludes that goes on with a list: "..., the can and the bowl"."""
        self._take_more_from(f"and {clause}")

    def _take_more_from(self, after: str) -> str:
        """Note what is excluded by "and" behind something excluded, and return what is left."""
        while (more := _AND_MORE.match(after)) and not _begins_anew(more["first"]):
            self._add(more["np"])
            after = after[more.end() :]
        return after

    def _add_colours_of(self, text: str) -> None:
        for said, measured in _WORDS.colours.items():
            if re.search(rf"\b(?:not|no)\b.*\b{said}\b", text):
                self.colours.append(measured)

    def _add(self, phrase: str) -> None:
        """Add what a phrase names; several are joined by "or", "nor" or "and"."""
        for one in re.split(r"\b(?:or|nor|and|neither)\b", phrase):
            bare = re.sub(
                rf"^(?:(?:{_AT}|{DETERMINERS}|touch|any of|either|me|it|them|of)\s+)+",
                "",
                one.strip(),
            )
            bare = re.sub(
                r"\b(?:at all|please|again|this time|either|ever|though|too|itself|as well)$",
                "",
                bare,
            )
            bare = bare.strip(" '-")
            of = re.fullmatch(rf"(?P<part>.+?) of (?:{DETERMINERS} )*(?P<whole>.+)", bare)
            if of and of["part"].split()[-1] in _WORDS.parts:
                bare = of["part"]
            self._add_one(bare, phrase.strip())

    def _add_one(self, bare: str, phrase: str) -> None:
        is_deed = bare not in _WORDS.parts and re.fullmatch(_HOLDING, bare)
        if not bare or bare in PRONOUNS or is_deed:
            self.forbidden.append(phrase or "not")
            return
        first, *rest = bare.split()
        if first in _WORDS.colours and (not rest or rest[-1] in _WORDS.general_nouns):
            self.colours.append(_WORDS.colours[first])
        elif bare.split()[-1] not in _WORDS.parts and _tells_one(bare):
            self.ones += filter(None, [excluded_one(f"the {bare}")[0]])
        elif bare.split()[-1] in _WORDS.general_nouns:
            self.forbidden.append(phrase)
        else:
            self.things.append(Exclusion(bare, bare.split()[-1] in _WORDS.parts))


def _tells_one(words: str) -> bool:
    """Whether words only say which of several is excluded, and not what it is called."""
    one, called = excluded_one(f"the {words}")
    return one is not None and not called


def _begins_anew(word: str) -> bool:
    """Whether a word behind "and" begins another command, or says how: "and carefully"."""
    is_verb = any(verb.split()[0] == word for verb in _WORDS.verbs) or re.fullmatch(_HOLD, word)
    return bool(is_verb) or word in _OTHER_THAN_MORE or word.endswith("ly")


def _joined(before: str, after: str) -> str:
    """Return what stands around something that was taken out, without the words that led to it."""
    before = re.sub(r"\b(?:and|or|nor|but|by|at|from|with)$", "", before.strip()).strip()
    after = re.sub(r"^(?:and|or|but|then)\b", "", after.strip()).strip()
    return f"{before} {after}".strip()
