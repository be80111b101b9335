"""A row of training data in LLaVA's conversation format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..grasp.rectangle import GraspRectangle
from ..language.prompt import IMAGE_TOKEN
from .thing import to_corners


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """A command, its right answer, and what the answer was written from.

    Attributes:
        kind: what the command names (`name`, `color`, `shape`, `purpose`, `part`, ...), `absent`,
            or the name of a refinement.
        command: what is asked.
        answer: reasoning and numbers, or a refusal.
        called: what the answer calls the object.
        part: the part that the answer names, where the data set names it.
        labels: every labelled grasp of the object that is meant; none where it is absent.
        right: those of them that are right for the command.
    """

    kind: str
    command: str
    answer: str
    called: str
    part: str
    labels: tuple[GraspRectangle, ...]
    right: tuple[GraspRectangle, ...]


def to_row(
    row_id: str,
    image: str,
    size_px: tuple[int, int],
    turns: Sequence[LabelledTurn],
    source: str,
    object_id: str,
) -> dict[str, Any]:
    """Return what becomes one line of JSON.

    Args:
        row_id: names the row.
        image: path of the picture, relative to the file of rows.
        size_px: (width, height) of the picture.
        turns: at least one.
        source: the data set.
        object_id: the object instance that the first command means, or empty.

    Returns:
        `conversations` is what LLaVA's training reads. `grasps` are the right grasps for the first
        command, as Cornell's corners. An entry of `turns` has `grasps` of its own where other
        grasps are right for its command, and `labels` where the object has more than those.
    """
    conversations = []
    about = []
    for index, turn in enumerate(turns):
        command = turn.command if index else f"{IMAGE_TOKEN}\n{turn.command}"
        conversations.append({"from": "human", "value": command})
        conversations.append({"from": "gpt", "value": turn.answer})
        entry: dict[str, Any] = {"kind": turn.kind, "object": turn.called, "part": turn.part}
        if turn.right != turns[0].right:
            entry["grasps"] = [to_corners(label) for label in turn.right]
        if turn.labels != turn.right:
            entry["labels"] = [to_corners(label) for label in turn.labels]
        about.append(entry)
    return {
        "id": row_id,
        "image": image,
        "width": size_px[0],
        "height": size_px[1],
        "conversations": conversations,
        "source": source,
        "object_id": object_id,
        "grasps": [to_corners(label) for label in turns[0].right],
        "turns": about,
    }
