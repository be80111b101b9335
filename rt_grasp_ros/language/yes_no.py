"""A question about a picture that is answered by yes or no, with a reason."""

from __future__ import annotations

import re

_YES = re.compile(r"^\W*(?:yes|yeah|correct|true|right)\b", re.I)
_NO = re.compile(r"^\W*(?:no|not|nope|incorrect|false|wrong)\b", re.I)
_LAST = re.compile(r"\b(yes|no)\b\W*$", re.I)


class YesNoQuestion(str):
    """Goes to a model in a command's place; only models that point answer it."""

    __slots__ = ()


def says_yes(text: str) -> bool | None:
    """Return whether an answer begins, or else ends, with yes or with no; None for neither.

    Args:
        text: what the model wrote.
    """
    if _YES.match(text):
        return True
    if _NO.match(text):
        return False
    last = _LAST.search(text)
    return None if last is None else last[1].lower() == "yes"
