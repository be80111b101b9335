"""Visual features: pictures as the language model sees them, computed once, with dialogues."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...data.dialogues import Dialogue, draw_dialogue
from ...data.follow_ups import draw_follow_up
from ...data.recorded_dialogues import draw_recorded_dialogue
from ...data.recorded_views import RecordedViews
from ...data.shards import LabelledPictures
from ...grasp.rectangle import GraspRectangle
from ...language.codec import JAW_PER_OPENING
from ...language.vocabulary import Vocabulary
from ...model.torch_backend.vision_tower import PATCH_PX, GraspMaps, GraspTower, TokenGrasps
from .compute import ON_CPU, Compute, to_host
from .grasp_map_augmentation import augment_grasp_maps
from .rectangle_loss import QUALITY_SIGMA_PX
from .train_vision_tower import add_noise, augment, pixel_values

FOLLOW_UP_SHARE = 0.35
MOVED_SHARE = 0.5

_BATCH = 64
_NARROWEST_PX = 1.0

Progress = Callable[[int], None]


class VisualFeatures(Protocol):
    """Pictures of one size."""

    @property
    def tokens(self) -> NDArray[np.float16]:
        """Visual tokens, shape (N, T, hidden)."""
        ...

    def draw(self, index: int, rng: np.random.Generator) -> Dialogue:
        """Draw a dialogue about a picture."""
        ...

    def where(self, index: int, dialogue: Dialogue) -> NDArray[np.float32]:
        """Return where to look for a dialogue's grasp.

        Returns:
            A distribution over nowhere and the visual tokens, shape (1 + T,); all zero where it
            does not matter.
        """
        ...


@dataclass(frozen=True)
class SimulatedFeatures:
    """Simulated pictures, all of whose parts are labelled.

    Attributes:
        pictures: the labels as augmented.
        tokens: shape (N, T, hidden).
        vocabulary: the words.
    """

    pictures: LabelledPictures
    tokens: NDArray[np.float16]
    vocabulary: Vocabulary

    def draw(self, index: int, rng: np.random.Generator) -> Dialogue:
        """See `VisualFeatures`."""
        parts = self.pictures.parts(index, self.vocabulary)
        dialogue = draw_dialogue(parts, self.vocabulary, rng)
        if rng.random() < FOLLOW_UP_SHARE:
            return draw_follow_up(dialogue, parts, self.vocabulary, rng)
        return dialogue

    def where(self, index: int, dialogue: Dialogue) -> NDArray[np.float32]:
        """See `VisualFeatures`: the part's tokens, those nearest to its grasp most."""
        cells = self.pictures.cell_parts[index]
        rows, columns = cells.shape[0] // 2, cells.shape[1] // 2
        if dialogue.part is None:
            return _nowhere(rows * columns)
        shown = (cells == dialogue.part.part_id).reshape(rows, 2, columns, 2).sum(axis=(1, 3))
        weight = shown * (0.02 + _nearness(dialogue.part.rectangle, rows, columns))
        return _distribution(weight)


@dataclass(frozen=True)
class RecordedFeatures:
    """Views of recorded pictures, each with the grasp that the tower thinks best.

    Attributes:
        instructions: commands by kind, for each view.
        rectangles: the grasp for each view, in its pixels.
        best_tokens: which of the T visual tokens tells of it, for each view.
        tokens: shape (N, T, hidden).
        vocabulary: the words.
    """

    instructions: Sequence[Mapping[str, str]]
    rectangles: Sequence[GraspRectangle]
    best_tokens: Sequence[int]
    tokens: NDArray[np.float16]
    vocabulary: Vocabulary

    def draw(self, index: int, rng: np.random.Generator) -> Dialogue:
        """See `VisualFeatures`."""
        dialogue = draw_recorded_dialogue(
            self.instructions[index], self.rectangles[index], self.vocabulary, rng
        )
        if rng.random() < FOLLOW_UP_SHARE:
            return draw_follow_up(dialogue, (), self.vocabulary, rng)
        return dialogue

    def where(self, index: int, dialogue: Dialogue) -> NDArray[np.float32]:
        """See `VisualFeatures`: the token that tells of the grasp."""
        where = np.zeros(1 + self.tokens.shape[1], np.float32)
        where[0 if dialogue.is_recalled else 1 + self.best_tokens[index]] = 1.0
        return where


def simulated_features(
    tower: GraspTower,
    pictures: LabelledPictures,
    vocabulary: Vocabulary,
    seed: int,
    progress: Progress,
    compute: Compute = ON_CPU,
) -> SimulatedFeatures:
    """Augment every picture once and compute its visual tokens.

    Args:
        tower: trained; it is moved to where `compute` says.
        pictures: with labels.
        vocabulary: the words.
        seed: chance.
        progress: called with the number of pictures done.
        compute: where, and how exactly.
    """
    rng = np.random.default_rng((seed, 2))
    torch.manual_seed(seed)
    cells, numbers, tokens = [], [], []
    for first in range(0, len(pictures), _BATCH):
        rows = slice(first, first + _BATCH)
        pixels, own_cells, own_numbers = augment(
            pictures.images[rows], pictures.cell_parts[rows], pictures.numbers[rows], rng
        )
        tokens.append(_tokens(tower, _maps(tower, pixels, compute)))
        cells.append(own_cells)
        numbers.append(own_numbers)
        progress(min(first + _BATCH, len(pictures)))
    augmented = replace(pictures, cell_parts=np.concatenate(cells), numbers=np.concatenate(numbers))
    return SimulatedFeatures(augmented, np.concatenate(tokens), vocabulary)


def recorded_features(
    tower: GraspTower,
    views: RecordedViews,
    vocabulary: Vocabulary,
    count: int,
    size_px: tuple[int, int],
    seed: int,
    progress: Progress,
    compute: Compute = ON_CPU,
) -> RecordedFeatures:
    """Draw views and compute their visual tokens.

    What is to be answered is the tower's own best grasp, not a label: the language model can only
    say what the tower saw, and where labels tell more it would have to know the picture by heart.
    Of `MOVED_SHARE` of the views the tower's grasps are moved, so that no picture has but one
    answer.

    Args:
        tower: trained.
        views: where views come from.
        vocabulary: the words.
        count: how many views.
        size_px: their width and height.
        seed: chance.
        progress: called with the number of views done.
        compute: where, and how exactly; the tower is moved there.
    """
    rng = np.random.default_rng((seed, 4, size_px[1]))
    torch.manual_seed(seed)
    instructions: list[Mapping[str, str]] = []
    rectangles: list[GraspRectangle] = []
    best_tokens: list[int] = []
    tokens = []
    while len(rectangles) < count:
        drawn = [views.draw(rng, size_px) for _ in range(min(_BATCH, count - len(rectangles)))]
        drawn = [view for view in drawn if view.rectangles]
        pixels = add_noise(pixel_values(np.stack([view.image_rgb for view in drawn])), rng)
        maps = augment_grasp_maps(_maps(tower, pixels, compute), MOVED_SHARE, rng)
        own_tokens = _tokens(tower, maps)
        for view, own, (best, rectangle) in zip(
            drawn, own_tokens, _best_grasps(to_host(tower.grasps(maps)), size_px), strict=True
        ):
            if rectangle.is_inside_image:
                instructions.append(view.instructions)
                rectangles.append(rectangle)
                best_tokens.append(best)
                tokens.append(own)
        progress(len(rectangles))
    return RecordedFeatures(instructions, rectangles, best_tokens, np.stack(tokens), vocabulary)


def _maps(tower: GraspTower, pixels: Tensor, compute: Compute) -> GraspMaps:
    tower.eval().to(compute.device, memory_format=torch.channels_last)
    pixels = compute.moved(pixels).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode(), compute.autocast():
        return tower.maps(pixels)


def _tokens(tower: GraspTower, maps: GraspMaps) -> NDArray[np.float16]:
    with torch.inference_mode():
        return to_host(tower.tokens(maps).half()).numpy()


def _best_grasps(
    grasps: TokenGrasps, size_px: tuple[int, int]
) -> Iterator[tuple[int, GraspRectangle]]:
    """Yield for each picture which token is best, and the grasp that it tells of."""
    side_px = max(size_px)
    for index, quality in enumerate(grasps.quality):
        best = int(quality.argmax())
        x, y, half_turns, opening = (
            float(values[index].flatten()[best])
            for values in (grasps.x, grasps.y, grasps.half_turns, grasps.opening)
        )
        opening_px = max(opening * side_px, _NARROWEST_PX)
        rectangle = GraspRectangle(
            x * side_px,
            y * side_px,
            math.pi * half_turns,
            opening_px,
            opening_px * JAW_PER_OPENING,
            *size_px,
        )
        yield best, rectangle


def _nearness(rectangle: GraspRectangle, rows: int, columns: int) -> NDArray[np.float64]:
    y_px, x_px = np.meshgrid(
        (np.arange(rows) + 0.5) * PATCH_PX, (np.arange(columns) + 0.5) * PATCH_PX, indexing="ij"
    )
    squared = (x_px - rectangle.x_px) ** 2 + (y_px - rectangle.y_px) ** 2
    return np.asarray(np.exp(-0.5 * squared / QUALITY_SIGMA_PX**2))


def _nowhere(tokens: int) -> NDArray[np.float32]:
    where = np.zeros(1 + tokens, np.float32)
    where[0] = 1.0
    return where


def _distribution(weight: NDArray[np.floating]) -> NDArray[np.float32]:
    total = weight.sum()
    flat = weight.ravel() / total if total > 0 else np.zeros(weight.size)
    return np.concatenate([[0.0], flat]).astype(np.float32)
