"""Conversations about simulated pictures, from the shards that the embedded model trains on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from ..language.refinement import load_follow_ups
from ..language.vocabulary import load_vocabulary
from .build_recorded import BuildReport, BuildSettings
from .conversation_row import to_row
from .dialogues import KNOWN_ABSENT_SHARE
from .pixels import write_jpeg
from .reasoning import load_reasoning
from .row_files import Rewrite, Row, checked_row, write_rows
from .shards import LabelledPictures
from .sim_data import scene_seed_of, shows_training_scenes
from .sim_things import absent_from, things_of
from .thing_dialogues import Words, draw_turns


def build_sim_conversations(
    folder: Path,
    settings: BuildSettings,
    rewrite: Rewrite,
    processes: int,
    progress: Callable[[int, int], None] = lambda done, count: None,
) -> BuildReport:
    """Write conversations about the pictures of all shards in a folder.

    Args:
        folder: holds `sim_*.npz`; gets `conversations.jsonl` and `images/`.
        settings: `dialogues`, `answers` and `seed` count; the pictures are as they are.
        rewrite: brings answers into the format of `settings.answers`; can be pickled.
        processes: how many shards are written about at once.
        progress: called with how many shards are done, and of how many.

    Raises:
        DataInvalid: the folder holds another build, or a row contradicts itself.
    """
    shards = sorted(path.name for path in folder.glob("sim_*.npz"))
    rows = write_rows(
        folder,
        {
            "source": settings.source,
            "dialogues": settings.dialogues,
            "answers": settings.answers,
            "seed": settings.seed,
            "shards": shards,
        },
        shards,
        partial(_write_shard, settings=settings, rewrite=rewrite),
        processes,
        lambda done: progress(done, len(shards)),
    )
    images = sum(1 for _ in folder.glob("images/*/*.jpg"))
    return BuildReport(rows, images, ())


def _write_shard(
    folder: Path, shard: str, settings: BuildSettings, rewrite: Rewrite
) -> Iterator[Row]:
    vocabulary = load_vocabulary()
    words = Words(load_reasoning(), vocabulary, load_follow_ups())
    pictures = LabelledPictures.load([folder / shard])
    stem = Path(shard).stem
    (folder / "images" / stem).mkdir(parents=True, exist_ok=True)
    shard_number = int(stem.split("_")[1])
    for index, image_rgb in enumerate(pictures.images):
        scene_seed = scene_seed_of(shard_number, index, len(pictures.images))
        if not shows_training_scenes(folder):
            scene_seed = None  # the grasp could not be carried out in the scene drawn again
        image = f"images/{stem}/{index:04d}.jpg"
        parts = pictures.parts(index, vocabulary)
        size_px = (image_rgb.shape[1], image_rgb.shape[0])
        write_jpeg(folder / image, image_rgb)
        for number in range(settings.dialogues):
            rng = np.random.default_rng((settings.seed, shard_number, index, number))
            things = things_of(parts, vocabulary, rng)
            absent = absent_from(parts, vocabulary, bool(rng.random() < KNOWN_ABSENT_SHARE))
            turns = draw_turns(things, absent, words, rng) if things else []
            if turns:
                row_id = f"{settings.source}-{stem}-{index:04d}-{number}"
                meant = [t.object_id for t in things if t.labels == turns[0].labels]
                object_id = meant[0] if meant else ""
                row = to_row(row_id, image, size_px, turns, settings.source, object_id)
                if scene_seed is not None:
                    row["scene_seed"] = scene_seed
                yield checked_row(row, rewrite)
