"""Ways to say a command that training never draws, from `unseen_commands.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class UnseenCommands:
    """Templates by what they name; their fields are explained in the file."""

    whole: tuple[str, ...]
    part: tuple[str, ...]
    colour: tuple[str, ...]
    shape: tuple[str, ...]
    purpose: tuple[str, ...]


@cache
def load_unseen_commands() -> UnseenCommands:
    """Read the templates that ship with the package."""
    path = resources.files(__package__).joinpath("unseen_commands.yaml")
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return UnseenCommands(**{kind: tuple(templates) for kind, templates in raw.items()})
