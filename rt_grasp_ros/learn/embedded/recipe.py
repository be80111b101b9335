"""The embedded checkpoint from labelled pictures: vision tower, then language model, then files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import LlavaForConditionalGeneration

from ...data.cornell import read_cornell
from ...data.dialogues import Dialogue, draw_dialogue
from ...data.follow_ups import draw_follow_up
from ...data.grasp_picture import GraspPicture
from ...data.recorded_dialogues import draw_recorded_dialogue
from ...data.recorded_views import RecordedViews
from ...data.shards import LabelledPictures
from ...grasp.errors import CheckpointInvalid
from ...language.prompt import build_prompt
from ...language.vocabulary import Vocabulary, load_vocabulary
from ...model.torch_backend.vision_tower import GraspTower, GraspTowerConfig
from ..checkpoint.read_checkpoint import read_checkpoint
from ..checkpoint.save import save_checkpoint
from ..checkpoint.tokenizer import train_tokenizer
from .build_model import build_model
from .compute import ON_CPU, Compute
from .train_language_model import LanguageModelSettings, LanguageModelTrainer
from .train_vision_tower import VisionTowerSettings, train_vision_tower
from .visual_features import VisualFeatures, recorded_features, simulated_features

TOKENIZER_PICTURES = 4000
SIMULATED_SHARE = 0.55
RECORDED_READINGS = (((256, 256), 4500, 0.2), ((256, 192), 6000, 0.25))
"""Width and height, how many views, share of the language model's steps."""

Report = Callable[[str, int, dict[str, float]], None]


def learn_tokenizer(
    pictures: LabelledPictures, recorded: Sequence[GraspPicture], seed: int
) -> Tokenizer:
    """Train the tokenizer on dialogues about simulated and recorded pictures."""
    vocabulary = load_vocabulary()
    rng = np.random.default_rng((seed, 1))
    dialogues: list[Dialogue] = []
    for index in range(min(TOKENIZER_PICTURES, len(pictures))):
        parts = pictures.parts(index, vocabulary)
        dialogue = draw_dialogue(parts, vocabulary, rng)
        dialogues += [dialogue, draw_follow_up(dialogue, parts, vocabulary, rng)]
    for picture in recorded:
        dialogues.append(
            draw_recorded_dialogue(picture.instructions, picture.rectangles[0], vocabulary, rng)
        )
    texts = [build_prompt(dialogue.command, dialogue.history) for dialogue in dialogues]
    return train_tokenizer([*texts, *(dialogue.answer for dialogue in dialogues)])


def train_embedded_model(
    data_dir: Path,
    cornell_dir: Path | None,
    work_dir: Path,
    model_dir: Path,
    tower_settings: VisionTowerSettings,
    language_model_settings: LanguageModelSettings,
    report: Report,
    start_dir: Path | None = None,
    compute: Compute = ON_CPU,
) -> None:
    """Run both stages and write the checkpoint; stopped runs go on where they were.

    Args:
        data_dir: shards from `rt-grasp data build --source sim`.
        cornell_dir: recorded pictures in the layout of `data/cornell.py`; None trains without.
        work_dir: progress files.
        model_dir: where the checkpoint goes.
        tower_settings: stage one.
        language_model_settings: stage two.
        report: called with stage, step and values.
        start_dir: an embedded checkpoint whose weights and tokenizer both stages start from; None
            starts from nothing.
        compute: where both stages run, and how exactly; a run may go on elsewhere.

    Raises:
        FileNotFoundError: there are no shards.
        DataInvalid: the recorded pictures can't be read.
        CheckpointInvalid: the checkpoint to start from can't be loaded, or its tower is another.
    """
    vocabulary = load_vocabulary()
    pictures = LabelledPictures.load(sorted(data_dir.glob("*.npz")))
    crops = read_cornell(cornell_dir, "train") if cornell_dir else []
    frames = read_cornell(cornell_dir, "train", "frames") if cornell_dir else []
    views = RecordedViews(crops, frames, vocabulary.colours) if cornell_dir else None
    config = GraspTowerConfig(
        image_size=max(pictures.images.shape[1:3]),
        num_part_types=len(vocabulary.part_types) + 1,  # the last one: without name or part labels
        num_colours=len(vocabulary.colours),
    )
    if start_dir is None:
        tokenizer = learn_tokenizer(pictures, [*crops, *frames], language_model_settings.seed)
        torch.manual_seed(language_model_settings.seed)
        llava = build_model(tokenizer, config)
        torch.manual_seed(tower_settings.seed)
        llava.model.vision_tower.load_state_dict(GraspTower(config).state_dict())
    else:
        llava, tokenizer = _read_start(start_dir, config)
    tower = llava.model.vision_tower
    train_vision_tower(
        tower,
        pictures,
        views,
        tower_settings,
        work_dir / "tower.safetensors",
        lambda step, values: report("tower", step, values),
        compute,
    )
    features = _read(
        tower, pictures, views, vocabulary, language_model_settings.seed, report, compute
    )
    trainer = LanguageModelTrainer(
        llava,
        tokenizer,
        vocabulary,
        language_model_settings,
        work_dir / "language_model.safetensors",
        compute,
    )
    trainer.train(features, lambda step, values: report("language model", step, values))
    save_checkpoint(llava.to("cpu"), tokenizer, model_dir)


def _read_start(
    folder: Path, config: GraspTowerConfig
) -> tuple[LlavaForConditionalGeneration, Tokenizer]:
    llava, tokenizer = read_checkpoint(folder)
    own = llava.config.vision_config
    if not isinstance(own, GraspTowerConfig) or own.hidden_size != config.hidden_size:
        raise CheckpointInvalid(
            f"The checkpoint '{folder}' has another tower than the one to be trained; start from "
            "an embedded checkpoint of this vocabulary, or from nothing."
        )
    return llava, tokenizer


def _read(
    tower: GraspTower,
    pictures: LabelledPictures,
    views: RecordedViews | None,
    vocabulary: Vocabulary,
    seed: int,
    report: Report,
    compute: Compute,
) -> list[tuple[VisualFeatures, float]]:
    """Compute the visual tokens of everything that the language model learns from."""
    simulated = simulated_features(
        tower, pictures, vocabulary, seed, lambda done: report("tokens", done, {}), compute
    )
    features: list[tuple[VisualFeatures, float]] = [(simulated, SIMULATED_SHARE)]
    if views is not None:
        for size_px, count, share in RECORDED_READINGS:
            recorded = recorded_features(
                tower,
                views,
                vocabulary,
                count,
                size_px,
                seed,
                lambda done: report("recorded tokens", done, {}),
                compute,
            )
            features.append((recorded, share))
    return features
