"""The edge where a user's sentence comes in."""

from __future__ import annotations

import unicodedata

from ..grasp.errors import CommandEmpty, CommandNotText, CommandTooLong

MAX_COMMAND_CHARACTERS = 500

_UNREADABLE = {"Cc", "Cs", "Co", "Cn"}  # control, surrogate, private use, unassigned
_UNDECODED = "\N{REPLACEMENT CHARACTER}"


def validate_command(text: str) -> str:
    """Return the command with its white space tidied, or refuse it.

    Args:
        text: what the user said.

    Raises:
        CommandTooLong: more than `MAX_COMMAND_CHARACTERS` characters.
        CommandNotText: control characters, lone surrogates or undecodable bytes in it.
        CommandEmpty: no letter in it.
    """
    if len(text) > MAX_COMMAND_CHARACTERS:
        raise CommandTooLong(len(text), MAX_COMMAND_CHARACTERS)
    tidy = " ".join(text.split())
    if any(c == _UNDECODED or unicodedata.category(c) in _UNREADABLE for c in tidy):
        raise CommandNotText
    if not any(c.isalpha() for c in tidy):
        raise CommandEmpty
    return tidy
