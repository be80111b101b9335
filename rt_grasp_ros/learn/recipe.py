"""The embedded checkpoint from labelled pictures: tower, then reader, then files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from ..data.dialogues import draw_dialogue
from ..data.shards import LabelledPictures
from ..language.prompt import build_prompt
from ..language.vocabulary import load_vocabulary
from ..model.tower import GraspTower, GraspTowerConfig
from .build_model import build_model
from .save import save_checkpoint
from .tokenizer import train_tokenizer
from .train_reader import ReaderSettings, ReaderTrainer, read_pictures
from .train_tower import TowerSettings, train_tower

TOKENIZER_PICTURES = 4000

Report = Callable[[str, int, dict[str, float]], None]


def learn_tokenizer(pictures: LabelledPictures, seed: int) -> Tokenizer:
    """Train the tokenizer on dialogues about the first pictures."""
    vocabulary = load_vocabulary()
    rng = np.random.default_rng((seed, 1))
    texts: list[str] = []
    for index in range(min(TOKENIZER_PICTURES, len(pictures))):
        dialogue = draw_dialogue(pictures.parts(index, vocabulary), vocabulary, rng)
        texts += [build_prompt(dialogue.command), dialogue.answer]
    return train_tokenizer(texts)


def train_embedded_model(
    data_dir: Path,
    work_dir: Path,
    model_dir: Path,
    tower_settings: TowerSettings,
    reader_settings: ReaderSettings,
    report: Report,
) -> None:
    """Run both stages and write the checkpoint; stopped runs go on where they were.

    Args:
        data_dir: shards from `rt-grasp data build`.
        work_dir: progress files.
        model_dir: where the checkpoint goes.
        tower_settings: stage one.
        reader_settings: stage two.
        report: called with stage, step and values.

    Raises:
        FileNotFoundError: there are no shards.
    """
    vocabulary = load_vocabulary()
    pictures = LabelledPictures.load(sorted(data_dir.glob("*.npz")))
    torch.manual_seed(tower_settings.seed)
    config = GraspTowerConfig(
        image_size=max(pictures.images.shape[1:3]),
        num_part_types=len(vocabulary.part_types),
        num_colours=len(vocabulary.colours),
    )
    tower = GraspTower(config)
    train_tower(
        tower,
        pictures,
        tower_settings,
        work_dir / "tower.safetensors",
        lambda step, values: report("tower", step, values),
    )
    tokenizer = learn_tokenizer(pictures, reader_settings.seed)
    torch.manual_seed(reader_settings.seed)
    llava = build_model(tokenizer, config)
    llava.model.vision_tower.load_state_dict(tower.state_dict())
    labels, tokens = read_pictures(
        tower, pictures, reader_settings.seed, lambda done: report("tokens", done, {})
    )
    trainer = ReaderTrainer(
        llava, tokenizer, vocabulary, reader_settings, work_dir / "reader.safetensors"
    )
    trainer.train(labels, tokens, lambda step, values: report("reader", step, values))
    save_checkpoint(llava, tokenizer, model_dir)
