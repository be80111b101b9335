"""Other ways to word a command, from `wordings.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml


@dataclass(frozen=True, slots=True)
class Wordings:
    """Everything in `wordings.yaml`; the lists are explained there."""

    requests: tuple[str, ...]
    verbs: tuple[str, ...]
    openings: tuple[str, ...]
    closings: tuple[str, ...]

    def leading_verb(self, command: str) -> str | None:
        """Return the verb that a command begins with, the longest that fits; None without one."""
        fits = [verb for verb in self.verbs if command.startswith(f"{verb} ")]
        return max(fits, key=len, default=None)


@cache
def load_wordings() -> Wordings:
    """Read the wordings that ship with the package."""
    text = resources.files(__package__).joinpath("wordings.yaml").read_text(encoding="utf-8")
    return Wordings(**{name: tuple(values) for name, values in yaml.safe_load(text).items()})
