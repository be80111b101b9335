"""What is asked about a drawn table: for things by names, colours, neighbours; for absent ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.names.drawn import SeenTable
from rt_grasp_ros.learn.words.calibrate import OTHER
from rt_grasp_ros.learn.words.left_out import is_called
from rt_grasp_ros.model.word_eye.household import load_household_words
from rt_grasp_ros.model.word_eye.text_encoder import TextEncoder
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry

PRESENT = ("name", "other name", "colour", "relation")
ABSENT = "absent"

_ABSENT_NOUNS, _ABSENT_HOUSEHOLD = 4, 4
_THAT_WAY = 0.8  # cosine
_NEAR_M = 0.08
_SIDES = {
    "to the left of": (-1.0, 0.0),
    "to the right of": (1.0, 0.0),
    "behind": (0.0, 1.0),
    "in front of": (0.0, -1.0),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A command about one view of a table.

    Attributes:
        kind: one of `PRESENT`, or `ABSENT`.
        command: as a person says it.
        noun: what is asked for is usually called so.
        thing: index of the one that is meant; None where there is none.
    """

    kind: str
    command: str
    noun: str
    thing: int | None


def questions(
    table: SeenTable, catalogue: Sequence[MeshEntry], texts: TextEncoder
) -> list[Question]:
    """Return what is asked about a view; the same for the same view.

    By its usual name, another one and its colour each thing is asked for that shows enough and that
    alone may be called so, and by a neighbour where the truth leaves no doubt.

    Args:
        table: the view.
        catalogue: whose nouns are asked for where no such thing is there, beside those of
            `household.yaml` that nothing of it is called.
        texts: tells which nouns are alike: what is like a name of something there is not absent.
    """
    rng = np.random.default_rng((table.seed, table.view, 3))
    asked = [one for k in table.seen for one in _present(table, k, rng)]
    return [*asked, *_absent(table, catalogue, texts, rng)]


def _present(table: SeenTable, index: int, rng: np.random.Generator) -> Iterator[Question]:
    thing = table.things[index]
    noun, others = thing.noun, [one for one in thing.other_names if _is_only(table, index, one)]
    if _is_only(table, index, noun):
        yield Question("name", f"grasp the {noun}", noun, index)
    if others:
        other = others[int(rng.integers(len(others)))]
        yield Question("other name", f"grasp the {other}", noun, index)
    alike = [one for one in table.things if one is not thing and is_called(one.names, noun)]
    if all(one.colour != thing.colour for one in alike):
        yield Question("colour", f"grasp the {thing.colour} {noun}", noun, index)
    by = list(neighbours(table, index))
    if by:
        words, neighbour = by[int(rng.integers(len(by)))]
        command = f"grasp the {noun} {words} the {table.things[neighbour].noun}"
        yield Question("relation", command, noun, index)


def _is_only(table: SeenTable, index: int, name: str) -> bool:
    """Whether no other thing on the table may be called so."""
    return not any(is_called(one.names, name) for k, one in enumerate(table.things) if k != index)


def neighbours(table: SeenTable, index: int) -> Iterator[tuple[str, int]]:
    """Yield by which words about which other thing this one is told from all of its name.

    Args:
        table: the view.
        index: of this one.
    """
    at_m = places_m(table)
    alike = [
        k
        for k, one in enumerate(table.things)
        if k != index and is_called(one.names, table.things[index].noun)
    ]
    for other in table.seen:
        if other == index or not _is_only(table, other, table.things[other].noun):
            continue
        away_m = at_m - at_m[other]
        far_m = np.maximum(np.linalg.norm(away_m, axis=1), 1e-6)
        for words, way in _SIDES.items():
            cosine = away_m @ np.array(way) / far_m
            if cosine[index] > _THAT_WAY and all(cosine[k] < 0 for k in alike):
                yield words, other
        radii_m = np.array([one.radius_m for one in table.things])
        gaps_m = far_m - radii_m - radii_m[other]
        if gaps_m[index] < _NEAR_M and all(gaps_m[k] > gaps_m[index] + _NEAR_M for k in alike):
            yield "next to", other


def places_m(table: SeenTable) -> NDArray[np.float64]:
    """Return where things stand on the table: to the camera's right, and away from it, (T, 2)."""
    up = table.T_camera_things[0, :3, 2]
    right = np.array([1.0, 0.0, 0.0]) - up[0] * up
    right /= np.linalg.norm(right)
    return np.asarray(
        table.T_camera_things[:, :3, 3] @ np.column_stack([right, np.cross(up, right)])
    )


def _absent(
    table: SeenTable,
    catalogue: Sequence[MeshEntry],
    texts: TextEncoder,
    rng: np.random.Generator,
) -> Iterator[Question]:
    there = texts.embeddings([name for thing in table.things for name in thing.names])
    nouns = sorted({thing.noun for thing in catalogue})
    elsewhere = [
        one
        for one in load_household_words().nouns
        if not any(is_called(x.names, one) for x in catalogue)
    ]
    for some, count in ((nouns, _ABSENT_NOUNS), (elsewhere, _ABSENT_HOUSEHOLD)):
        unlike = (texts.embeddings(some) @ there.T).max(axis=1) < OTHER
        absent = [
            name
            for name, is_unlike in zip(some, unlike, strict=True)
            if is_unlike and not any(is_called(thing.names, name) for thing in table.things)
        ]
        for name in rng.choice(absent, min(count, len(absent)), replace=False):
            yield Question(ABSENT, f"grasp the {name}", str(name), None)
