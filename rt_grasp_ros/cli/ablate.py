"""`rt-grasp ablate`: the paper's ablation on any checkpoint, in one command."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from ..data.cornell import read_cornell
from ..grasp.errors import ModelNotLoaded
from ..resources import share_path
from .report import write_json


def add_parser(subparsers: argparse._SubParsersAction) -> None:
    """Add the verb."""
    parser = subparsers.add_parser(
        "ablate",
        help="train and score every answer format with every strategy (needs the extra [train])",
        description="The paper's ablation: numbers only, labelled numbers, reasoning then numbers, "
        "each with every strategy and seed. What is done is kept: a stopped run goes on.",
    )
    parser.add_argument(
        "--base",
        type=Path,
        default=share_path("models/rt-grasp-tiny"),
        help="checkpoint to start from",
    )
    parser.add_argument("--data", type=Path, required=True, help="conversations to train on")
    parser.add_argument("--images", type=Path, help="what the pictures' paths are relative to")
    parser.add_argument(
        "--cornell", type=Path, required=True, help="folder of the Cornell data to score on"
    )
    parser.add_argument("--split", default="val", help="its split (default val)")
    parser.add_argument(
        "--every", type=int, default=1, help="score on every n-th picture only (default 1: all)"
    )
    parser.add_argument("--seeds", type=int, default=3, help="seeds of each run (default 3)")
    parser.add_argument(
        "--presets",
        nargs="+",
        default=["ablation-projector", "ablation-lora"],
        help="settings of the strategies to compare, by name or YAML file",
    )
    parser.add_argument("--steps", type=int, help="optimiser steps a run, in place of the presets'")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default 1)")
    parser.add_argument("--out", type=Path, default=Path("out/ablation"), help="folder for results")
    parser.add_argument("--json", help="file for the table, - for standard output")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, score, and write the table after every run."""
    try:
        import torch

        from ..learn.tune.ablation import Ablation, plan, table, to_markdown
        from ..learn.tune.settings import load_preset
    except ImportError as error:
        raise ModelNotLoaded(
            f"Training needs '{error.name}'; install it with: pip install 'rt_grasp_ros[train]'."
        ) from error
    torch.set_num_threads(arguments.threads)
    presets = [load_preset(name, steps=arguments.steps) for name in arguments.presets]
    settings = {preset.strategy: preset for preset in presets}
    pictures = read_cornell(arguments.cornell, arguments.split)[:: arguments.every]
    ablation = Ablation(arguments.base, arguments.data, arguments.images, pictures, arguments.out)
    results = []
    runs = plan(list(settings), arguments.seeds)
    started = time.monotonic()
    for number, planned in enumerate(runs, start=1):
        result = ablation.result(planned, settings[planned.strategy])
        results.append(result)
        rows = table(results)
        write_json({"rows": rows, "runs": results}, str(arguments.out / "table.json"))
        (arguments.out / "table.md").write_text(to_markdown(rows), encoding="utf-8")
        print(
            f"{number}/{len(runs)}  {planned.name}  own width "
            f"{result['own_width_accuracy']:.3f}  {time.monotonic() - started:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    if arguments.json:
        write_json({"rows": table(results), "runs": results}, arguments.json)
    if arguments.json != "-":
        print(to_markdown(table(results)), end="")
    return 0
