"""Arrays in msgpack, as the package msgpack-numpy writes them; objects, which it pickles, are not.

Only plain numbers are read: an array of anything else could hold code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_PLAIN = "fiub"


def packed(array: NDArray[Any]) -> dict[bytes, Any]:
    """Return the map that stands for an array of plain numbers."""
    array = np.ascontiguousarray(array)
    return {
        b"nd": True,
        b"type": array.dtype.str,
        b"kind": b"",
        b"shape": list(array.shape),
        b"data": array.tobytes(),
    }


def unpacked(value: Any) -> Any:
    """Return the array that a map stands for; anything else as it is.

    Raises:
        ValueError: it is an array of something else than plain numbers, or not as long as it says.
    """
    if not isinstance(value, dict) or value.get(b"nd") is not True:
        return value
    kind = value.get(b"kind", b"")
    name = value.get(b"type")
    if kind not in (b"", "", None) or not isinstance(name, str | bytes):
        raise ValueError("an array of something else than plain numbers")
    try:
        dtype = np.dtype(name.decode("ascii") if isinstance(name, bytes) else name)
    except (TypeError, UnicodeDecodeError) as error:
        raise ValueError("an array of an unknown kind of number") from error
    if dtype.kind not in _PLAIN:
        raise ValueError("an array of something else than plain numbers")
    data, shape = value.get(b"data"), value.get(b"shape")
    if not isinstance(data, bytes) or not isinstance(shape, list | tuple):
        raise ValueError("an array without data or shape")
    return np.frombuffer(data, dtype).reshape(tuple(int(side) for side in shape))
