"""The word eye that ships with the package, loaded once, when a table first needs it."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from ...grasp.errors import RtGraspError
from ...resources import share_path

if TYPE_CHECKING:
    from .word_eye import WordEye

DEFAULT_WORD_EYE = "models/word-eye"

_log = logging.getLogger(__name__)


@cache
def shipped_word_eye() -> WordEye | None:
    """Return the word eye; None, with a warning, where it can't be loaded: the model is asked."""
    from .word_eye import load_word_eye  # onnxruntime is for those who need it

    try:
        return load_word_eye(share_path(DEFAULT_WORD_EYE))
    except (RtGraspError, FileNotFoundError) as error:
        _log.warning(
            "Tables that the model was not trained to see are left to it all the same: %s", error
        )
        return None
