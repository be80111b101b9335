"""How the C library keeps the memory of pictures."""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
_KEPT_BYTES = 256 << 20
_LARGEST_HEAP_BLOCK_BYTES = 32 << 20  # the most that glibc takes


def keep_freed_pictures() -> None:
    """Let glibc keep freed memory for the next picture; does nothing with another C library.

    As it comes, it hands the megabytes of each picture back to the kernel and faults them in again
    page by page, which costs about as much time as all that is computed on the picture.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGEST_HEAP_BLOCK_BYTES)
        library.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
