"""How the C library keeps the memory of pictures."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ...model.freed_memory import give_freed_memory_back

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
_KEPT_BYTES = 256 << 20
_LARGEST_HEAP_BLOCK_BYTES = 32 << 20  # the most that glibc takes
_ARENAS = 2  # as many threads compute at once; by itself glibc scatters pictures over sixteen
_PAUSE_S = 0.5


def keep_freed_pictures() -> None:
    """Let glibc keep freed memory for the next picture; does nothing with another C library.

    As it comes, it hands the megabytes of each picture back to the kernel and faults them in again
    page by page, which costs about as much time as all that is computed on the picture.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_MMAP_THRESHOLD, _LARGEST_HEAP_BLOCK_BYTES)
        library.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_M_ARENA_MAX, _ARENAS)


class GiveBackInPauses:
    """Hands freed memory back once no command has been under way for a while.

    glibc locks its arenas meanwhile, so that a command that began would wait in its middle.
    """

    def __init__(self, pause_s: float = _PAUSE_S) -> None:
        """Wait for the first command.

        Args:
            pause_s: for so long none has to be under way.
        """
        self._pause_s = pause_s
        self._under_way = 0  # more than one where others are turned away meanwhile
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    @contextmanager
    def command(self) -> Iterator[None]:
        """Hand nothing back while a command lasts; after the last of them begin to wait."""
        with self._lock:
            self._under_way += 1
            if self._timer is not None:
                self._timer.cancel()
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1
                if not self._under_way:
                    self._timer = threading.Timer(self._pause_s, give_freed_memory_back)
                    self._timer.daemon = True
                    self._timer.start()
