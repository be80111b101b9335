"""Reading YAML profiles: every field known, of its type, and checked before anything moves."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import yaml
from numpy.typing import NDArray

from ..grasp.errors import ProfileInvalid

Profile = TypeVar("Profile")


def read_mapping(path: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds.

    Raises:
        ProfileInvalid: the file is missing, no YAML, or no mapping.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ProfileInvalid(f"The profile {path} can't be read ({error}); mend it.") from error
    if not isinstance(content, dict):
        raise ProfileInvalid(f"The profile {path} is no mapping of fields; write `name: value`.")
    return content


def build(profile: type[Profile], fields: dict[str, Any], path: Path) -> Profile:
    """Return a profile dataclass made of exactly its fields; its own checks run as well.

    Raises:
        ProfileInvalid: a field is missing, unknown, or refused; the message names it.
    """
    expected = {field.name for field in dataclasses.fields(profile)}  # type: ignore[arg-type]
    for problem, names in (
        ("lacks", expected - fields.keys()),
        ("has unknown", fields.keys() - expected),
    ):
        if names:
            raise ProfileInvalid(
                f"The profile {path.name} {problem} {', '.join(sorted(names))}; mend the file."
            )
    try:
        return profile(**fields)
    except (TypeError, ValueError) as error:
        raise invalid(path, error) from error


def invalid(path: Path, error: Exception) -> ProfileInvalid:
    """Return the failure for a file whose content was refused; a KeyError names what it lacks."""
    why = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
    return ProfileInvalid(f"The profile {path.name} is wrong: {why}; mend the file.")


def names(values: Any, name: str) -> tuple[str, ...]:
    """Return a list of distinct names.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name} must be a list of names")
    if not values or len(set(values)) != len(values):
        raise ValueError(f"{name} must name at least one, none of them twice")
    return tuple(values)


def numbers(values: Any, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    """Return finite numbers of a shape as a read-only array.

    Raises:
        ValueError: they are no numbers, not finite, or of another shape.
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers") from error
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite numbers of shape {shape}")
    array.setflags(write=False)
    return array
