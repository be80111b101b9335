"""Files that are there whole or not at all, whenever a run is killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of the file once the block has ended well.

    Args:
        path: of the file; its folder exists. What was there stays where the block fails.
    """
    partial = path.with_name(f"{path.name}.partial")
    yield partial
    partial.replace(path)
