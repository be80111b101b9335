"""What fewer bits in the decoder's weights cost: the same questions at each precision.

Random scenes of the simulated cell, each object asked for by its name and one that is not there;
with `--cornell`, also the validation crops of the Cornell Grasping Dataset.

    python -m benchmarks.decoder_precision --scenes 100 --cornell DIR --json -
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.cli.report import write_json
from rt_grasp_ros.evaluate.picture_source import cornell_source
from rt_grasp_ros.evaluate.picture_trial import labelled, run_trials
from rt_grasp_ros.evaluate.predictor import EnginePredictor
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.metrics.rectangle_metric import judge_rectangle
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.onnx_backend.decoder_weights import bytes_per_token
from rt_grasp_ros.model.onnx_backend.graphs import Precision
from rt_grasp_ros.model.onnx_backend.onnx_engine import OnnxEngine
from rt_grasp_ros.resources import given_or_shipped
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.scene import random_scene

MIN_VISIBLE_FRACTION = 0.4
ABSENT = "giraffe"


@dataclass(frozen=True)
class Question:
    """A command about a picture and its right answers; none where the object is absent."""

    picture: NDArray[np.uint8]
    command: str
    labels: tuple[GraspRectangle, ...]

    def is_right(self, answer: Answer) -> bool:
        """Whether an answer refuses what is absent, or names a grasp close to a label."""
        if answer.rectangle is None or not self.labels:
            return answer.rectangle is None and not self.labels
        return judge_rectangle(answer.rectangle, self.labels).own_width


def questions(scenes: int) -> Iterator[Question]:
    """Yield what is asked about random scenes."""
    for seed in range(scenes):
        with Cell(random_scene(seed)) as cell:
            picture, labels = cell.observe().rgb, cell.labels()
        for name in sorted({label.object_name for label in labels}):
            own = [
                label
                for label in labels
                if label.object_name == name
                and label.is_default
                and label.visible_fraction >= MIN_VISIBLE_FRACTION
            ]
            if own:
                yield Question(picture, f"grasp the {name}", tuple(one.rectangle for one in own))
        yield Question(picture, f"grasp the {ABSENT}", ())


def compare(answers: dict[Precision, list[Answer]], asked: list[Question]) -> list[dict[str, Any]]:
    """Return a row for each precision: how often it is right, and how far from float32."""
    rows = []
    for precision, given in answers.items():
        pairs = list(zip(given, answers[Precision.FLOAT32], strict=True))
        apart_px = [
            np.linalg.norm(np.subtract(one.rectangle.centre, other.rectangle.centre))
            for one, other in pairs
            if one.rectangle is not None and other.rectangle is not None
        ]
        rows.append(
            {
                "precision": precision.value,
                "right": float(np.mean([q.is_right(a) for q, a in zip(asked, given, strict=True)])),
                "same_refusals_as_float32": float(
                    np.mean([(a.rectangle is None) == (b.rectangle is None) for a, b in pairs])
                ),
                "same_words_as_float32": float(
                    np.mean([a.reasoning == b.reasoning for a, b in pairs])
                ),
                "centre_from_float32_median_px": float(np.median(apart_px)),
                "centre_from_float32_p95_px": float(np.percentile(apart_px, 95)),
            }
        )
    return rows


def main() -> int:
    """Return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    parser.add_argument("--scenes", type=int, default=100, help="how many (default 100)")
    parser.add_argument("--cornell", type=Path, help="folder of the data set")
    parser.add_argument("--json", default="-", help="file for the result, - for standard output")
    arguments = parser.parse_args()
    checkpoint = Checkpoint.open(given_or_shipped(arguments.model))
    engines = {precision: OnnxEngine(checkpoint, precision) for precision in Precision}
    asked: list[Question] = []
    answers: dict[Precision, list[Answer]] = {precision: [] for precision in Precision}
    for question in questions(arguments.scenes):
        asked.append(question)
        for precision, engine in engines.items():
            answers[precision] += engine.answer(question.picture, question.command)
        if len(asked) % 50 == 0:
            print(f"{len(asked)} questions", file=sys.stderr)
    rows = compare(answers, asked)
    for row, (precision, engine) in zip(rows, engines.items(), strict=True):
        row["weight_megabytes"] = bytes_per_token(checkpoint, precision) / 1e6
        if arguments.cornell:
            pictures = labelled(cornell_source(arguments.cornell, "val", "crops").pictures, "name")
            trials = list(run_trials(pictures, "name", EnginePredictor(engine)))
            row["cornell_own_width_accuracy"] = float(np.mean([t.is_hit for t in trials]))
            row["cornell_pictures"] = len(trials)
            print(f"Cornell at {precision.value}", file=sys.stderr)
    result = {"questions": len(asked), "rows": rows, "machine": describe_machine()}
    write_json(result, arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
