"""What is written about: recorded pictures, views of them, and several put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..language.vocabulary import load_vocabulary
from .augment import draw_view, relight
from .choice import pick
from .compose import compose
from .grasp_picture import GraspPicture
from .pixels import read_colour
from .reasoning import load_reasoning
from .recorded_things import depends_on_view, thing_in
from .thing import LabelledScene, Thing

TILE_PX = (224, 224)
MAX_TOGETHER = 4

_MAX_DRAWS = 40


@dataclass(frozen=True, slots=True)
class Shown:
    """A recorded picture and what it shows.

    Attributes:
        image_path: the picture.
        things: what is labelled in it.
        names: of their categories; empty where the data set has none.
    """

    image_path: Path
    things: tuple[Thing, ...]
    names: tuple[str, ...]


def show(pictures: Sequence[GraspPicture]) -> tuple[list[Shown], list[str]]:
    """Find out what each picture file shows.

    Args:
        pictures: those of one file are taken for things in one picture.

    Returns:
        What the files show, and the names of files with something that has no label in sight.
    """
    templates, vocabulary = load_reasoning(), load_vocabulary()
    by_path: dict[Path, list[GraspPicture]] = {}
    for picture in pictures:
        by_path.setdefault(picture.image_path, []).append(picture)
    shown, left_out = [], []
    for path, group in by_path.items():
        found = [thing_in(picture, templates, vocabulary) for picture in group]
        things = tuple(thing for thing in found if thing is not None)
        if len(things) == len(group):
            shown.append(Shown(path, things, tuple(picture.object_name for picture in group)))
        else:
            left_out.append(path.name)
    return shown, left_out


def draw_groups(shown: Sequence[Shown], count: int, seed: int) -> list[tuple[Shown, ...]]:
    """Draw two to four pictures at a time, of one thing each that nobody calls alike.

    Returns:
        `count` groups, or fewer where hardly any two things have different names.
    """
    single = [one for one in shown if len(one.things) == 1 and one.names[0]]
    templates = load_reasoning()
    rng = np.random.default_rng((seed, len(single)))
    drawn: list[tuple[Shown, ...]] = []
    for _ in range(count * _MAX_DRAWS if single else 0):
        if len(drawn) == count:
            break
        group = [pick(single, rng) for _ in range(int(rng.integers(2, MAX_TOGETHER + 1)))]
        names = [one.names[0] for one in group]
        if not any(templates.are_alike(a, b) for i, a in enumerate(names) for b in names[:i]):
            drawn.append(tuple(group))
    return drawn


def augmented(shown: Shown, rng: np.random.Generator) -> LabelledScene:
    """Draw a view that shows every thing; the picture itself, lit anew, where none is found.

    Raises:
        NoImage: the picture can't be read.
    """
    image_rgb = read_colour(shown.image_path)
    size_px = (image_rgb.shape[1], image_rgb.shape[0])
    every = [label for thing in shown.things for label in thing.labels]
    view = draw_view(size_px, size_px, every, rng)
    seen = []
    for thing in shown.things:
        labels = view.to_rectangles(thing.labels)
        moved = thing.moved(labels, [label.is_inside_image for label in labels])
        if moved is None:
            return LabelledScene(relight(image_rgb, rng), shown.things)
        seen.append(_without_viewpoint(moved))
    return LabelledScene(relight(view.to_picture(image_rgb), rng), tuple(seen))


def together(group: Sequence[Shown], rng: np.random.Generator) -> LabelledScene | None:
    """Put pictures of one thing each into one; None where a label would not fit into its tile.

    Raises:
        NoImage: a picture can't be read.
    """
    things = [_without_viewpoint(shown.things[0]) for shown in group]
    images: list[NDArray[np.uint8]] = [read_colour(shown.image_path) for shown in group]
    scenes = (compose(images, things, TILE_PX, rng) for _ in range(_MAX_DRAWS))
    return next((scene for scene in scenes if scene is not None), None)


def _without_viewpoint(thing: Thing) -> Thing:
    return thing.with_parts(["" if depends_on_view(part) else part for part in thing.parts])
