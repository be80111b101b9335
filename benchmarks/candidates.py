"""What several candidates are worth: how often a right grasp is the first, and among them.

python -m benchmarks.candidates --scenes 40 --candidates 5
"""

from __future__ import annotations

import argparse
import sys
import time
from statistics import fmean, median

from benchmarks.decoder_precision import questions
from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.cli.report import write_json
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.onnx_backend.onnx_engine import OnnxEngine
from rt_grasp_ros.resources import given_or_shipped


def main() -> int:
    """Return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="models/rt-grasp-tiny", help="folder of the checkpoint")
    parser.add_argument("--scenes", type=int, default=40, help="how many (default 40)")
    parser.add_argument("--candidates", type=int, default=5, help="at most (default 5)")
    parser.add_argument("--json", default="-", help="file for the result, - for standard output")
    arguments = parser.parse_args()
    engine = OnnxEngine(Checkpoint.open(given_or_shipped(arguments.model)))
    right: list[list[bool]] = []
    one_s: list[float] = []
    several_s: list[float] = []
    for question in questions(arguments.scenes):
        if not question.labels:
            continue
        engine.answer(question.picture, question.command)  # the picture is known from here on
        for count, times_s in ((1, one_s), (arguments.candidates, several_s)):
            start_s = time.perf_counter()
            answers = engine.answer(question.picture, question.command, count)
            times_s.append(time.perf_counter() - start_s)
        right.append([question.is_right(answer) for answer in answers])
    result = {
        "questions": len(right),
        "first_is_right": fmean(each[0] for each in right),
        "one_is_right": fmean(any(each) for each in right),
        "candidates": fmean(len(each) for each in right),
        "right_among_them": sum(map(sum, right)) / sum(map(len, right)),
        "one_candidate_median_s": median(one_s),
        "several_candidates_median_s": median(several_s),
        "machine": describe_machine(),
    }
    write_json(result, arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
