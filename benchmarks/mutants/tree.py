"""A copy of the checkout in which files are changed."""

from __future__ import annotations

import shutil
from pathlib import Path

_COPIED = ("rt_grasp_ros", "test", "benchmarks")
_LEFT_OUT = {".git", ".venv", "out", "build", "install", "log"}


def copy_of(root: Path, folder: Path) -> Path:
    """Return a fresh copy: our Python is copied, all else is linked to.

    Args:
        root: of the checkout.
        folder: where it goes; what was there is removed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in root.iterdir():
        if path.name in _LEFT_OUT or path.name.startswith(".venv"):
            continue
        if path.name in _COPIED:
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (folder / path.name).symlink_to(path)
    return folder
