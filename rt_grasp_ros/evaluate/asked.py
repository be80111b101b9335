"""Follow-up turns to say about a grasp, and what would obey each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..grasp.rectangle import GraspRectangle
from ..language.refinement import Redirection, Refinement, apply, is_obeyed, load_follow_ups
from ..sim.labels import PartLabel
from .commands import Phrasing, object_names, part_names

CHANGES_PER_GRASP = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A follow-up and what would obey it.

    Attributes:
        kind: its name in `refinements.yaml`.
        text: the sentence.
        wanted: a rectangle that obeys it.
        refinement: the change of the grasp that is asked for; None where other parts are.
        part_ids: ids of the parts that may be taken; empty where a change is asked for.
    """

    kind: str
    text: str
    wanted: GraspRectangle
    refinement: Refinement | None = None
    part_ids: tuple[int, ...] = ()


def draw_changes(
    before: GraspRectangle,
    is_grasp: Callable[[GraspRectangle], bool],
    phrasing: Phrasing,
    rng: np.random.Generator,
) -> Iterator[Asked]:
    """Draw `CHANGES_PER_GRASP` changes of a grasp, fewer where no more make sense.

    Args:
        before: the grasp.
        is_grasp: whether a rectangle can be executed; only changes that lead to such are asked for.
        phrasing: trained or unseen.
        rng: draws.
    """
    refinements = list(load_follow_ups().refinements.values())
    found = 0
    for number in rng.permutation(len(refinements)):
        refinement = refinements[number]
        wanted = apply(refinement, before)
        if is_obeyed(refinement, before, before) or not is_grasp(wanted):
            continue
        yield Asked(refinement.name, _phrase(refinement, phrasing, rng), wanted, refinement)
        found += 1
        if found == CHANGES_PER_GRASP:
            return


def draw_redirections(
    labels: Sequence[PartLabel], meant: PartLabel, phrasing: Phrasing, rng: np.random.Generator
) -> Iterator[Asked]:
    """Draw one of each way to ask for another part or object that the scene has.

    Args:
        labels: of what can be meant.
        meant: what the grasp before takes.
        phrasing: trained or unseen.
        rng: draws.
    """
    redirections = load_follow_ups().redirections
    of_it = [label for label in labels if label.object_index == meant.object_index]
    other_parts = [label for label in of_it if label.part_id != meant.part_id]
    if other_parts:
        text = _phrase(redirections["other_part"], phrasing, rng)
        ids = tuple(label.part_id for label in other_parts)
        yield Asked("other_part", text, other_parts[0].rectangle, part_ids=ids)
        label = other_parts[int(rng.integers(len(other_parts)))]
        name = part_names(label.object_name, label.part_name)[0]
        text = _phrase(redirections["named_part"], phrasing, rng).format(p=name)
        yield Asked("named_part", text, label.rectangle, part_ids=(label.part_id,))
    others = [one for one in labels if one.is_default and one.object_index != meant.object_index]
    if others:
        other = others[int(rng.integers(len(others)))]
        name = object_names(other)[0]
        text = _phrase(redirections["other_object"], phrasing, rng).format(o=name)
        ids = tuple(one.part_id for one in labels if one.object_index == other.object_index)
        yield Asked("other_object", text, other.rectangle, part_ids=ids)


def _phrase(entry: Refinement | Redirection, phrasing: Phrasing, rng: np.random.Generator) -> str:
    phrases = entry.unseen if phrasing is Phrasing.UNSEEN else entry.phrases
    return phrases[int(rng.integers(len(phrases)))]
