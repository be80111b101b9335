"""What of a prompt was read before: which picture it is about, and how far two prompts are one.

A backend keeps what it read as it best can: onnxruntime a cache for each of the latest pictures,
PyTorch one on tensors that stay where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray


def picture_key(picture: NDArray[np.uint8]) -> bytes:
    """Return what tells a picture (H, W, 3) from others."""
    digest = blake2b(picture.tobytes(), digest_size=16)
    digest.update(repr(picture.shape).encode())
    return digest.digest()


def common_prefix(known: Sequence[int], wanted: Sequence[int]) -> int:
    """Return how many tokens two sequences have in common from their beginning on."""
    same = 0
    for one, other in zip(known, wanted, strict=False):
        if one != other:
            break
        same += 1
    return same
