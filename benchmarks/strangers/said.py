"""Sentences that people say, from `said.yaml`, and what the parser makes of them."""

from __future__ import annotations

from pathlib import Path

import yaml

from rt_grasp_ros.language.parse_request import parse_request

_SAID = yaml.safe_load(Path(__file__).with_name("said.yaml").read_text(encoding="utf-8"))

EXCLUSIONS_SEEN = [tuple(row) for row in _SAID["exclusions_seen"]]
EXCLUSIONS_LATER = [tuple(row) for row in _SAID["exclusions_later"]]
REFUSED = list(_SAID["refused"])
ACCIDENTAL = [tuple(row) for row in _SAID["accidental"]]


def is_kept_from(forbidden: str, sentence: str) -> bool:
    """Whether a sentence is refused, or what it forbids is excluded."""
    request = parse_request(sentence)
    return not request.may_move or any(forbidden in one.words for one in request.excluded)


def is_meant(noun: str, sentence: str) -> bool:
    """Whether a sentence is taken for a command for a thing, with nothing excluded."""
    request = parse_request(sentence)
    return request.may_move and request.noun == noun and not request.excluded
