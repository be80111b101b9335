"""What loading a model takes beside it, handed back to the system."""

from __future__ import annotations

import ctypes


def give_freed_memory_back() -> None:
    """Let glibc hand over what is freed; does nothing with another C library.

    Loading a graph takes up to three times its file for a moment, and glibc keeps that.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
