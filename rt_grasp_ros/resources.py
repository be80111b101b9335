"""Where the files of config/, models/ and the like are, installed or in the source tree."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "rt_grasp_ros"


def share_path(relative: str) -> Path:
    """Return the path of a shipped file or folder.

    The source tree comes first where the package runs from it, then every prefix of the ament
    index, then the Python environment itself (so that nothing needs to be activated).

    Args:
        relative: path inside the package's share folder, such as `config/robots/panda.yaml`.

    Raises:
        FileNotFoundError: no place has it; the message lists where it was looked for.
    """
    candidates = [root / relative for root in _share_roots()]
    for candidate in candidates:
        if candidate.exists():
            return candidate
    looked = ", ".join(str(candidate) for candidate in candidates)
    raise FileNotFoundError(f"{relative} of {PACKAGE} is not installed; looked for {looked}.")


def given_or_shipped(path: str) -> Path:
    """Return a path as given where it exists, else that of the shipped file.

    Raises:
        FileNotFoundError: it is neither.
    """
    given = Path(path).expanduser()
    return given if given.exists() else share_path(path)


def ament_share_folders() -> list[Path]:
    """Return the folders in which `package://` finds the packages of the ament index."""
    prefixes = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
    return [Path(prefix) / "share" for prefix in prefixes if prefix]


def _share_roots() -> Iterator[Path]:
    """Yield the folders that may hold the shipped files, best first."""
    source_tree = Path(__file__).parents[1]
    if (source_tree / "package.xml").exists():
        yield source_tree
    for share in ament_share_folders():
        yield share / PACKAGE
    yield Path(sys.prefix) / "share" / PACKAGE
