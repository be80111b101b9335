"""`rt-grasp train`: the embedded checkpoint from labelled pictures."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from ..grasp.errors import ModelNotLoaded
from .report import write_json


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "train", help="train the embedded checkpoint (needs the extra [train])"
    )
    parser.add_argument("--data", type=Path, default=Path("out/data/sim"), help="folder of shards")
    parser.add_argument("--work", type=Path, default=Path("out/train"), help="progress and log")
    parser.add_argument("--out", type=Path, default=Path("out/rt-grasp-tiny"), help="checkpoint")
    parser.add_argument("--tower-steps", type=int, default=2600, help="steps of stage one")
    parser.add_argument("--reader-steps", type=int, default=1000, help="steps of stage two")
    parser.add_argument("--seed", type=int, default=0, help="of weights, order and augmentation")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads")
    parser.add_argument("--json", help="file for what was written where, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train; a stopped run goes on where it was."""
    try:
        import torch

        from ..learn.recipe import train_embedded_model
        from ..learn.train_reader import ReaderSettings
        from ..learn.train_tower import TowerSettings
    except ImportError as error:
        raise ModelNotLoaded(
            f"Training needs '{error.name}'; install it with: pip install 'rt_grasp_ros[train]'."
        ) from error
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)
    log_path = arguments.work / "log.jsonl"
    started = time.monotonic()

    def report(stage: str, step: int, values: dict[str, float]) -> None:
        line = {"stage": stage, "step": step, "time_s": round(time.monotonic() - started, 1)}
        line |= {name: round(value, 4) for name, value in values.items()}
        text = json.dumps(line)
        with log_path.open("a", encoding="utf-8") as log:
            log.write(text + "\n")
        print(text, file=sys.stderr, flush=True)

    train_embedded_model(
        arguments.data,
        arguments.work,
        arguments.out,
        TowerSettings(steps=arguments.tower_steps, seed=arguments.seed),
        ReaderSettings(steps=arguments.reader_steps, seed=arguments.seed),
        report,
    )
    if arguments.json:
        write_json({"checkpoint": str(arguments.out), "log": str(log_path)}, arguments.json)
    if arguments.json != "-":
        print(f"checkpoint written to {arguments.out}")
    return 0
