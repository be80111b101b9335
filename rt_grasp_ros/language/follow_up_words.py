"""The words of `follow_up_words.yaml`, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from .clauses import written_out


@dataclass(frozen=True, slots=True)
class FollowUpWords:
    """What is said after a grasp, by what it asks for; contractions are written out.

    Attributes:
        repetitions: the same grasp once more.
        first_again: the first grasp of the dialogue once more.
        before_last: the grasp before the last once more.
        agreements: yes, the same grasp.
        remarks: praise, thanks and greetings, which ask for nothing.
        call_offs: nothing is to be grasped.
        noes: no, without saying what in its place.
        not_this: not this thing.
        other_ones: another thing of the same name, as patterns whose group `name` is that name.
        anything_else: whatever else there is.
        other_ends: the same thing at its other end.
        lead_ins: said before or behind what is wanted.
        no_names: nouns that name no thing.
    """

    repetitions: frozenset[str]
    first_again: frozenset[str]
    before_last: frozenset[str]
    agreements: frozenset[str]
    remarks: frozenset[str]
    call_offs: frozenset[str]
    noes: frozenset[str]
    not_this: frozenset[str]
    other_ones: tuple[re.Pattern[str], ...]
    anything_else: frozenset[str]
    other_ends: frozenset[str]
    lead_ins: frozenset[str]
    no_names: frozenset[str]


@cache
def load_follow_up_words() -> FollowUpWords:
    """Read the words that ship with the package."""
    text = resources.files(__package__).joinpath("follow_up_words.yaml").read_text(encoding="utf-8")
    raw = {kind: [written_out(one) for one in said] for kind, said in yaml.safe_load(text).items()}
    others = [re.escape(one).replace(r"\{n\}", "(?P<name>[a-z-]+)") for one in raw["other_ones"]]
    return FollowUpWords(
        other_ones=tuple(re.compile(one) for one in others),
        **{kind: frozenset(said) for kind, said in raw.items() if kind != "other_ones"},
    )
