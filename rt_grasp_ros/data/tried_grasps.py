"""Which grasps of the simulated objects hold in the physics: `tried_grasps.yaml`.

`rt-grasp data try-grasps` writes such a file; the one that ships decides which parts the data
builder asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from ..grasp.errors import DataInvalid
from ..whole_file import whole_file

SHIPPED = "tried_grasps.yaml"
MIN_SUCCESS = 0.5

_HEADER = """\
# Written by `rt-grasp data try-grasps`: how often the described grasp of a part lifted the object,
# over instances and places drawn at random. Parts below half are left out of training data.
"""

Part = tuple[str, str]
"""Names of an object and of one of its parts."""


@dataclass(frozen=True, slots=True)
class Trials:
    """How a part's grasp fared.

    Attributes:
        lifted: how often the object hung between the fingers at the end.
        tried: of how many times.
    """

    lifted: int
    tried: int

    @property
    def holds(self) -> bool:
        """Whether it succeeded often enough to be taught."""
        return self.lifted >= MIN_SUCCESS * self.tried


@cache
def failing_parts() -> frozenset[Part]:
    """Return the parts whose grasps fail in the physics; parts never tried are not among them."""
    text = resources.files(__package__).joinpath(SHIPPED).read_text(encoding="utf-8")
    return frozenset(part for part, trials in _parse(text, SHIPPED).items() if not trials.holds)


def read_trials(path: Path) -> dict[Part, Trials]:
    """Read what was tried so far; nothing where there is no file.

    Raises:
        DataInvalid: the file holds something else.
    """
    return _parse(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else {}


def write_trials(path: Path, trials: Mapping[Part, Trials]) -> None:
    """Write a file whole or not at all, sorted by names."""
    table: dict[str, dict[str, Any]] = {}
    for (object_name, part_name), one in sorted(trials.items()):
        table.setdefault(object_name, {})[part_name] = {"lifted": one.lifted, "tried": one.tried}
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_text(_HEADER + yaml.safe_dump(table), encoding="utf-8")


def _parse(text: str, name: str) -> dict[Part, Trials]:
    try:
        return {
            (object_name, part_name): Trials(int(one["lifted"]), int(one["tried"]))
            for object_name, parts in (yaml.safe_load(text) or {}).items()
            for part_name, one in parts.items()
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataInvalid(
            f"'{name}' is no file of `rt-grasp data try-grasps`; remove it or give another --out."
        ) from error
