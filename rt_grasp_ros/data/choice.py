"""Drawing one of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Choice = TypeVar("Choice")


def pick(choices: Sequence[Choice], rng: np.random.Generator) -> Choice:
    """Draw one of several, all alike."""
    return choices[int(rng.integers(len(choices)))]
