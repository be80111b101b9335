"""What a model that points is to point at: a thing or a part of it, in the user's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .clause_request import without_fillers
from .follow_up_naming import names_part
from .name_words import DETERMINERS
from .parse_request import parse_request
from .refinement import Refinement, load_follow_ups
from .request import Intent, Request
from .request_words import load_request_words

_WORDS = load_request_words()
_ANOTHER = re.compile(
    r"^(?:(?:no|not that one|not this one|rather|i mean|try|take|grasp|use)\W+)*"
    r"(?:the |an)?other(?: (?P<thing>[a-z -]+?))?(?: instead)?$"
)
_NAMELESS = frozenset(["one", "ones", "thing", "object", "it", "that", "this"])
_ANYTHING = "object"


@dataclass(frozen=True, slots=True)
class Target:
    """What to point at.

    Attributes:
        thing: as the user calls it, without an article: `red mug`.
        part: of it; empty where the whole thing is meant.
    """

    thing: str
    part: str = ""

    @property
    def phrase(self) -> str:
        """How it is asked for: `red mug`, `handle of the red mug`."""
        return f"{self.part} of the {self.thing}" if self.part else self.thing


@dataclass(frozen=True, slots=True)
class Step:
    """What a sentence of a dialogue comes to.

    Attributes:
        target: what is meant from now on; None where nothing was named so far.
        is_another: whether what was taken before is not meant.
        refinement: the change of the last grasp; None where it is not changed but asked anew.
    """

    target: Target | None
    is_another: bool = False
    refinement: Refinement | None = None


def target_of(request: Request) -> Target:
    """Return what a request names; any object where it names nothing.

    Args:
        request: of a command that asks for a grasp.
    """
    thing = request.plain
    verb = next((verb for verb in _WORDS.verbs if f"{thing} ".startswith(f"{verb} ")), "")
    thing = thing[len(verb) :].strip()
    if request.part:
        thing = re.sub(rf"'?s?\s+by its {re.escape(request.part)}$", "", thing)
    thing = re.sub(rf"^(?:{DETERMINERS} )+", "", thing).strip(" .,;:!?'\"")
    if not thing or thing in _NAMELESS:
        thing = request.noun
    return Target(thing or _ANYTHING, request.part)


def next_step(command: str, last: Step | None) -> Step | None:
    """Return what a sentence comes to after those before it; None where that is not understood.

    Args:
        command: the sentence.
        last: what the one before it came to; None at the beginning of a dialogue.
    """
    if last is None:
        request = parse_request(command)
        return Step(target_of(request)) if request.intent is Intent.GRASP else None
    text = without_fillers(" ".join(re.sub(r"[^a-z0-9' -]+", " ", command.lower()).split()))
    refinement = load_follow_ups().refinement_said(text)
    if refinement is not None:
        return Step(last.target, refinement=refinement)
    another = _ANOTHER.match(text)
    if another and last.target and another["thing"] not in ("end", "part", "side"):
        thing = another["thing"] or ""
        is_named = thing and thing not in _NAMELESS
        return Step(Target(thing) if is_named else replace(last.target, part=""), is_another=True)
    redirected = _redirected(text, last)
    return redirected or _named_anew(command, last)


def _redirected(text: str, last: Step) -> Step | None:
    """Return the step of "no, the bowl", "by its handle instead", "the other end"."""
    redirections = load_follow_ups().redirections
    other_part = redirections["other_part"]
    if last.target and text in (*other_part.phrases, *other_part.unseen):
        return Step(replace(last.target, part="other end"))
    for name in ("named_part", "other_object"):
        kind = redirections[name]
        for phrase in (*kind.phrases, *kind.unseen):
            bare = " ".join(re.sub(r"[^a-z{}' -]+", " ", phrase).split())
            pattern = re.escape(bare).replace(r"\{p\}", "(.+)").replace(r"\{o\}", "(.+)")
            found = re.fullmatch(pattern.replace(r"\ ", " "), text)
            if found is None:
                continue
            words = re.sub(rf"^(?:{DETERMINERS} )+", "", found[1])
            if last.target and names_part(words):
                return Step(replace(last.target, part=words))
            if name == "other_object" and words not in _NAMELESS:
                asked = parse_request(f"grasp the {words}")
                if asked.intent is not Intent.GRASP:
                    return None
                return Step(_with_last_name(target_of(asked), last))
    return None


def _named_anew(command: str, last: Step) -> Step | None:
    """Return the step of a sentence that names a thing or a part itself."""
    request = parse_request(command, is_follow_up=True)
    if request.part and not request.noun and last.target:
        return Step(replace(last.target, part=request.part))
    alone = parse_request(command)
    if request.noun and last.target and not request.part and names_part(request.noun):
        return Step(replace(last.target, part=request.noun))
    if request.noun:
        named = target_of(alone) if alone.intent is Intent.GRASP else None
        return Step(_with_last_name(named or Target(request.noun, request.part), last))
    if alone.intent is Intent.GRASP and alone.tells_which and last.target:
        return Step(replace(last.target, part=alone.part))
    return None


def _with_last_name(target: Target, last: Step) -> Target:
    """Return a target with the name of the thing before in place of "one": the red one."""
    *looks, noun = target.thing.split()
    if noun not in ("one", "ones") or last.target is None:
        return target
    return replace(target, thing=" ".join([*looks, last.target.thing.split()[-1]]))
