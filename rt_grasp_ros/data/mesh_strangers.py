"""Textured meshes as things without a name among the cell's objects.

A vision tower learns from them that there is more than what the cell's catalogue can make. What it
calls them is only how they look, as with the catalogue's own nameless things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..language.vocabulary import Vocabulary
from ..sim.meshes.mesh_entry import MeshEntry

MESH_SHARE = 0.75
"""Of the nameless things of a kind that meshes are of, where there are such meshes."""

_LONG = 2.5
_FLAT = 0.35


def kind_of(mesh: MeshEntry) -> str:
    """Return which of the vocabulary's nameless kinds a mesh looks like, by its size as it lies."""
    shorter, longer = sorted(mesh.size_m[:2])
    if longer > _LONG * max(shorter, mesh.size_m[2]):
        return "stick"
    return "slab" if mesh.size_m[2] < _FLAT * shorter else "lump"


def nameless_meshes(
    meshes: Sequence[MeshEntry], vocabulary: Vocabulary
) -> dict[str, tuple[MeshEntry, ...]]:
    """Return by kind the meshes that can be grasped and are none of the vocabulary's objects.

    A mug that is not called a mug would teach that there is none.
    """
    known = {word for words in vocabulary.objects.values() for word in words.names}
    words = {word for name in known for word in name.split()}
    found: dict[str, list[MeshEntry]] = {}
    for mesh in meshes:
        if mesh.graspable and not words & {w for name in mesh.names for w in name.split()}:
            found.setdefault(kind_of(mesh), []).append(mesh)
    return {kind: tuple(own) for kind, own in found.items()}


def with_meshes(
    names: Sequence[str],
    by_kind: Mapping[str, tuple[MeshEntry, ...]],
    rng: np.random.Generator,
) -> list[str]:
    """Return a scene's names, most of its nameless things replaced by meshes of their kind.

    Args:
        names: of the catalogue.
        by_kind: from `nameless_meshes`.
        rng: draws which.
    """
    drawn = []
    for name in names:
        own = by_kind.get(name, ())
        is_mesh = bool(own) and rng.random() < MESH_SHARE
        drawn.append(own[int(rng.integers(len(own)))].name if is_mesh else name)
    return drawn
