"""What an oracle that points knows: the cell's truth, or the masks of real tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from ..data.tabletop import TabletopCommand, read_mask, read_scene
from ..language.parse_request import parse_request
from ..language.request import Intent
from ..language.target import target_of
from ..serve.truth import PictureTruth, TrueThing
from ..sim.cell import Cell
from .cell import PickTrial
from .commands import Command, object_names, part_names


def truths_of_trials(trials: Iterable[PickTrial]) -> Iterator[PictureTruth]:
    """Yield the truth of each trial's picture, as it is before anything moves."""
    for trial in trials:
        with trial.drawn() as (cell, command):
            yield truth_of_cell(cell, command)


def truth_of_cell(cell: Cell, command: Command | None = None) -> PictureTruth:
    """Return what the cell's camera sees, and what is what in it.

    Args:
        cell: as it stands.
        command: whose own words name what it means, too.
    """
    part_ids = cell.part_ids()
    things: list[TrueThing] = []
    for _, labels_of_one in groupby(cell.labels(), key=lambda label: label.object_index):
        labels = list(labels_of_one)
        name = labels[0].object_name
        ids = [label.part_id for label in labels]
        whole = np.isin(part_ids, ids)
        if not whole.any():
            continue
        own = phrase_of(command.text) if command else ""
        meant = command.label.part_id if command and command.label.part_id in ids else None
        is_of_part = command is not None and command.names_part
        for label in labels:
            mask = part_ids == label.part_id
            phrases = {
                f"{part} of the {called}"
                for part in part_names(name, label.part_name)
                for called in object_names(labels[0])
            }
            if is_of_part and label.part_id == meant:
                phrases.add(own)
            if mask.any():
                things.append(TrueThing.of(phrases, mask, is_part=True))
        is_named = meant is not None and not is_of_part
        things.append(TrueThing.of({*object_names(labels[0]), *([own] if is_named else [])}, whole))
    return PictureTruth(cell.observe().rgb, tuple(things))


def truths_of_tables(
    folder: Path, split: str, commands: Iterable[TabletopCommand]
) -> Iterator[PictureTruth]:
    """Yield the truth of each picture of real tables: what the commands about it mean."""
    for scene, said in groupby(commands, key=lambda command: command.scene):
        things = [
            TrueThing.of(
                {phrase_of(command.command)},
                read_mask(command.mask_path),
                is_part=command.mask_path != command.object_mask_path,
            )
            for command in said
            if command.mask_path is not None
        ]
        yield PictureTruth(read_scene(folder, split, scene).rgb, tuple(things))


def phrase_of(command: str) -> str:
    """Return what a model that points is asked for; the command itself where it names nothing."""
    request = parse_request(command)
    return target_of(request).phrase if request.intent is Intent.GRASP else command.lower()
