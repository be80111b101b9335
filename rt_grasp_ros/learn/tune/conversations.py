"""Dialogues about pictures in LLaVA's conversation format, streamed from JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...data.row_files import ROWS_FILE
from ...grasp.errors import DataInvalid
from ...grasp.rectangle import GraspRectangle
from ...language.prompt import IMAGE_TOKEN, Turn


@dataclass(frozen=True, slots=True)
class Conversation:
    """One picture and what is said about it.

    Attributes:
        conversation_id: the row's `id`.
        image_path: the picture.
        turns: commands and answers, oldest first.
        labels: every grasp that is right for the first command; empty where the object is absent,
            or where the row brings none.
        size_px: (width, height) of the picture, or zeros where the row does not say.
        object_name: the object that the first command means; empty where the row does not say.
        scene_seed: of the simulated scene in the picture, see `sim_data.training_scene`; None
            where the picture shows none that can be built again.
    """

    conversation_id: str
    image_path: Path
    turns: tuple[Turn, ...]
    labels: tuple[GraspRectangle, ...] = ()
    size_px: tuple[int, int] = (0, 0)
    object_name: str = ""
    scene_seed: int | None = None


class ConversationFile:
    """Random access to the rows of a file that may be larger than memory."""

    def __init__(self, path: Path, image_dir: Path | None = None) -> None:
        """Find where the rows begin; they are read when they are asked for.

        Args:
            path: JSON lines: `id`, `image`, `conversations` (`from` human or gpt, `value`), and
                optionally `grasps`, see `parse_row`; or the folder of `rt-grasp data build`.
            image_dir: what the pictures' paths are relative to; by default the file's folder.

        Raises:
            DataInvalid: the file is missing or empty.
        """
        path = path / ROWS_FILE if path.is_dir() else path
        if not path.is_file():
            raise DataInvalid(
                f"There is no file '{path}'; write one with `rt-grasp data build` and give it "
                "with --data."
            )
        self.path = path
        self._image_dir = path.parent if image_dir is None else image_dir
        self._starts = _line_starts(path)
        if not len(self._starts):
            raise DataInvalid(f"The file '{path}' holds no row; build it again.")

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: int) -> Conversation:
        """Read one row.

        Raises:
            DataInvalid: it is no conversation.
        """
        with self.path.open("rb") as file:
            file.seek(int(self._starts[index]))
            line = file.readline()
        try:
            return parse_row(json.loads(line), self._image_dir)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataInvalid(
                f"Row {index + 1} of '{self.path.name}' is no conversation ({error}); mend or "
                "remove it."
            ) from error

    def by_picture(self, at_most: int) -> list[NDArray[np.int64]]:
        """Return the rows about each picture, in groups of at most so many, in the file's order.

        Raises:
            DataInvalid: a row is no conversation.
        """
        if at_most == 1:
            return list(np.arange(len(self))[:, None])
        rows_of: dict[Path, list[int]] = {}
        for index, conversation in enumerate(self):
            rows_of.setdefault(conversation.image_path, []).append(index)
        return [
            np.array(rows[first : first + at_most])
            for rows in rows_of.values()
            for first in range(0, len(rows), at_most)
        ]

    def __iter__(self) -> Iterator[Conversation]:
        return (self[index] for index in range(len(self)))


def parse_row(row: dict[str, Any], image_dir: Path) -> Conversation:
    """Read a row.

    Args:
        row: `id`, `image`, `conversations` with human and gpt taking turns; `grasps`, if any,
            are rectangles of four corners `[x, y]` in pixels of the picture, the jaws open along
            the edge 0 to 1, and need `width` and `height`; `object_id` and `scene_seed`, if any.
        image_dir: what `image` is relative to.

    Raises:
        ValueError: the turns do not alternate, or an answer is empty.
        KeyError: a key is missing.
    """
    said = row["conversations"]
    speakers = [turn["from"] for turn in said]
    if not said or speakers != ["human", "gpt"] * (len(said) // 2):
        raise ValueError("human and gpt must take turns, gpt last")
    values = [str(turn["value"]) for turn in said]
    turns = tuple(
        Turn(command.replace(IMAGE_TOKEN, "").strip(), answer.strip())
        for command, answer in zip(values[::2], values[1::2], strict=True)
    )
    if not all(turn.command and turn.answer for turn in turns):
        raise ValueError("a command or an answer is empty")
    size_px = int(row.get("width", 0)), int(row.get("height", 0))
    labels = tuple(
        GraspRectangle.from_corners(np.asarray(four), *size_px) for four in row.get("grasps", ())
    )
    image_path = image_dir / str(row["image"])
    object_name, scene_seed = str(row.get("object_id", "")), row.get("scene_seed")
    return Conversation(str(row["id"]), image_path, turns, labels, size_px, object_name, scene_seed)


def sample_order(samples: int, seed: int, first: int, count: int) -> NDArray[np.int64]:
    """Return which samples come at places `first` ... `first + count - 1` of a run.

    Every epoch is a permutation of its own that follows from the seed alone, so that a run can go
    on at any place.

    Args:
        samples: how many there are.
        seed: of the run.
        first: place of the first one asked for, counted from the run's start.
        count: how many.
    """
    places = np.arange(first, first + count)
    epochs = places // samples
    order = np.empty(count, dtype=np.int64)
    for epoch in np.unique(epochs):
        permutation = np.random.default_rng((seed, int(epoch))).permutation(samples)
        here = epochs == epoch
        order[here] = permutation[places[here] % samples]
    return order


def _line_starts(path: Path) -> NDArray[np.int64]:
    starts, position = [], 0
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                starts.append(position)
            position += len(line)
    return np.array(starts, dtype=np.int64)
