"""Statements that come to a command: "what I need is the mug", "you see that mug? I want it"."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import yaml

_ARTICLE = r"(?:the|a|an|that|this|my|your|our) "
_NAMED = (
    r"(?:(?:a|an|such a) (?:nice|lovely|good|great|pretty|beautiful|fine) "
    rf"|(?={_ARTICLE}))(?P<thing>[a-z0-9' -]+?)"
)
_IS_NOT = re.compile(
    rf"{_NAMED} (?:(?:is|was|looks|does|can) not\b"
    r"|(?:is|lies|stands|sits) (?:right |just |over |still )*"
    r"(?:there|here|in front|within|nearby)\b)"
)


@cache
def _patterns(name: str) -> tuple[str, ...]:
    """Return a list of `statements.yaml`, what its patterns are made of put in."""
    text = resources.files(__package__).joinpath("statements.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    made_of = {key: f"(?:{'|'.join(raw[key])})" for key in ("liking", "only", "when")}
    made_of["named"] = _NAMED
    return tuple(
        re.sub(r"<(\w+)>", lambda found: made_of.get(found[1], found[0]), pattern)
        for pattern in raw[name]
    )


_ASKING = tuple(re.compile(pattern) for pattern in _patterns("asking"))
_WHEN = f"(?:{'|'.join(_patterns('when'))})"
_ABOUT = re.compile(
    rf"(?:(?:well|look|so|and|but|as|since|because|{_WHEN}) )*"
    rf"(?:{'|'.join(_patterns('about'))}) {_NAMED}(?: {_WHEN})*"
)


def asked_for(clause: str) -> str:
    """Return the thing that a statement asks for; empty where it is no such statement.

    Args:
        clause: in lower case, contractions written out.
    """
    told = next((found for form in _ASKING if (found := form.fullmatch(clause))), None)
    return told["thing"] if told else ""


def spoken_of(clause: str) -> str:
    """Return the thing that a clause speaks of without asking for it; empty where none.

    Args:
        clause: in lower case, contractions written out.
    """
    told = _ABOUT.fullmatch(clause)
    return told["thing"] if told else ""


def said_not_to_be(clause: str) -> str:
    """Return the thing that a clause says to be not hot or the like; empty where none.

    Args:
        clause: that is known to be harmless, in lower case, contractions written out.
    """
    told = _IS_NOT.match(clause)
    return told["thing"] if told else ""
