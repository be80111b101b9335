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
PROHIBITED = list(_SAID["prohibited"])
EXCLUSIONS_OPEN = [tuple(row) for row in _SAID["exclusions_open"]]
PLAIN = [tuple(row) for row in _SAID["plain"]]
UNMENDED_PROHIBITED = list(_SAID["unmended_prohibited"])
UNMENDED_EXCLUSIONS = [tuple(row) for row in _SAID["unmended_exclusions"]]
UNMENDED_PLAIN = [tuple(row) for row in _SAID["unmended_plain"]]


def is_kept_from(forbidden: str, sentence: str) -> bool:
    """Whether a sentence is refused, or what it forbids is excluded, or another part is taken."""
    request = parse_request(sentence)
    is_elsewhere = bool(request.part) and forbidden not in request.part
    is_excluded = any(forbidden in one.words for one in request.excluded)
    return not request.may_move or is_excluded or is_elsewhere


def is_meant(noun: str, sentence: str) -> bool:
    """Whether a sentence is taken for a command for a thing, with nothing excluded."""
    request = parse_request(sentence)
    called = (request.noun, " ".join([*request.colours, request.noun]))
    return request.may_move and noun in called and not request.excluded
