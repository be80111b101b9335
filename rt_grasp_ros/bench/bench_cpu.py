"""How fast the embedded checkpoint answers on a CPU, beside `generate` of transformers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ..grasp.errors import AnswerGarbled
from ..grasp.letterbox import letterbox, to_pixel_values
from ..language.vocabulary import load_vocabulary
from ..model.checkpoint import Checkpoint
from ..model.decoding.n_gram_drafter import NGramDrafter
from ..model.engine import GraspEngine
from ..model.onnx_backend.decoder_weights import bytes_per_token
from ..model.onnx_backend.graphs import SERVED, Precision
from ..model.onnx_backend.onnx_engine import OnnxEngine
from ..sim.cell import Cell
from ..sim.scene import random_scene
from .machine import copy_bandwidth_bytes_per_s, describe_machine

PICTURES_PER_RUN = 6
PREPROCESSING_RUNS = 20
WARM_UP_PICTURE = np.full((480, 640, 3), 128, np.uint8)
WARM_UP_COMMAND = "grasp the thing"
CANDIDATES = 5
STOCK = "generate, float32"

OnProgress = Callable[[int, int], None]


@dataclass(frozen=True)
class Question:
    """A picture and a command about it."""

    picture: NDArray[np.uint8]
    command: str


@dataclass(frozen=True)
class Timing:
    """One answer: command and picture in, grasp out.

    Attributes:
        prefill_s: until the model had read picture and command.
        total_s: until the answer was there.
        tokens: of the first answer.
    """

    prefill_s: float
    total_s: float
    tokens: int


@dataclass(frozen=True)
class Contender:
    """A way to run the checkpoint.

    Attributes:
        name: of its row.
        engine: what answers.
        weight_bytes: of the decoder, read for each token.
        candidates: how many are asked for.
        is_picture_known: whether it was asked about just before.
        to_pixel_values: prepares a letterboxed picture for the tower.
    """

    name: str
    engine: GraspEngine
    weight_bytes: int
    candidates: int = 1
    is_picture_known: bool = False
    to_pixel_values: Callable[[NDArray[np.uint8]], NDArray[np.float32]] = to_pixel_values


def bench_cpu(
    model_dir: Path,
    runs: int,
    on_progress: OnProgress | None = None,
    pictures_per_run: int = PICTURES_PER_RUN,
) -> dict[str, Any]:
    """Measure all contenders in turn, `runs` times, all on the same pictures and commands.

    Args:
        model_dir: folder of the checkpoint.
        runs: how many; one more warms up.
        on_progress: called with runs done and runs in all.
        pictures_per_run: new ones in every run, so that nothing in memory answers for the model.

    Returns:
        The served row's figures, all `rows`, and the machine. Each row: `name`,
        `end_to_end_median_s`, `end_to_end_lowest_run_s`, `end_to_end_highest_run_s`, `prefill_s`,
        `decode_tokens_per_s`, `tokens_per_answer`, `bandwidth_share`, `preprocessing_s` from
        letterboxed picture to pixel values, and `speedup_over_generate`, which is over the faster
        of its rows, and None where transformers is not installed.
    """
    checkpoint = Checkpoint.open(model_dir)
    tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
    contenders = list(_contenders(checkpoint, tokenizer))
    bandwidth = copy_bandwidth_bytes_per_s()
    timings: dict[str, list[list[Timing]]] = {contender.name: [] for contender in contenders}
    for run in range(runs + 1):
        seeds = range(run * pictures_per_run, (run + 1) * pictures_per_run)
        questions = [simulated_question(seed) for seed in seeds]
        for contender in contenders:
            with suppress(AnswerGarbled):  # brings the weights into the processor's cache
                contender.engine.answer(WARM_UP_PICTURE, WARM_UP_COMMAND)
            measured = [_ask(contender, question, tokenizer) for question in questions]
            if run:  # the first one warms up
                timings[contender.name].append(measured)
        if on_progress is not None:
            on_progress(run, runs)
    rows = [_row(contender, timings[contender.name], bandwidth) for contender in contenders]
    stock_s = [row["end_to_end_median_s"] for row in rows if row["name"].startswith(STOCK)]
    boxed = letterbox(questions[0].picture, checkpoint.image_side_px)
    for row, contender in zip(rows, contenders, strict=True):
        row["preprocessing_s"] = _median_s(partial(contender.to_pixel_values, boxed))
        own_s = row["end_to_end_median_s"]
        row["speedup_over_generate"] = min(stock_s) / own_s if stock_s else None
    (served,) = (row for row in rows if row["name"] == _name(SERVED))
    return {
        **served,
        "checkpoint": checkpoint.folder.name,
        "runs": runs,
        "answers_per_run": pictures_per_run,
        "copy_bandwidth_gb_per_s": bandwidth / 1e9,
        "rows": rows,
        "machine": describe_machine(),
    }


def simulated_question(seed: int) -> Question:
    """Return a picture of a random scene, and a command that names an object in it."""
    scene = random_scene(seed)
    with Cell(scene) as cell:
        picture = cell.observe().rgb
    return Question(picture, f"grasp the {scene.objects[0].name}")


def _contenders(checkpoint: Checkpoint, tokenizer: Tokenizer) -> Iterator[Contender]:
    yield from _stock(checkpoint)
    for precision in Precision:
        engine = OnnxEngine(checkpoint, precision)
        yield Contender(_name(precision), engine, bytes_per_token(checkpoint, precision))
    served, weight_bytes = _name(SERVED), bytes_per_token(checkpoint, SERVED)
    book = NGramDrafter.of_templates(tokenizer, load_vocabulary())
    for name, engine in (
        ("2 decoder threads", OnnxEngine(checkpoint, decoder_threads=2)),
        ("guessing ahead", OnnxEngine(checkpoint, drafter=book)),
    ):
        yield Contender(f"{served}, {name}", engine, weight_bytes)
    engine = OnnxEngine(checkpoint)
    yield Contender(f"{served}, known picture", engine, weight_bytes, is_picture_known=True)
    yield Contender(
        f"{served}, {CANDIDATES} candidates", engine, weight_bytes, candidates=CANDIDATES
    )


def _name(precision: Precision) -> str:
    return f"onnxruntime, {precision.value}"


def _stock(checkpoint: Checkpoint) -> Iterator[Contender]:
    """Yield `generate` with one thread and with a thread a core, where it is installed."""
    try:
        from ..model.torch_backend.stock_generate import StockGenerate
    except ImportError:
        return
    weight_bytes = bytes_per_token(checkpoint, Precision.FLOAT32)
    for threads in sorted({1, os.cpu_count() or 1}):
        engine = StockGenerate(checkpoint, threads)
        yield Contender(
            f"{STOCK}, threads: {threads}",
            engine,
            weight_bytes,
            to_pixel_values=engine.to_pixel_values,
        )


def _ask(contender: Contender, question: Question, tokenizer: Tokenizer) -> Timing:
    if contender.is_picture_known:
        contender.engine.answer(question.picture, WARM_UP_COMMAND)
    asked_s: list[float] = []
    texts: list[str] = []

    def is_cancelled() -> bool:  # asked before each token, for the first time after the prefill
        asked_s.append(time.perf_counter())
        return False

    start_s = time.perf_counter()
    with suppress(AnswerGarbled):  # `generate` is free to write what can't be read
        contender.engine.answer(
            question.picture,
            question.command,
            contender.candidates,
            on_text=texts.append,
            is_cancelled=is_cancelled,
        )
    end_s = time.perf_counter()
    tokens = len(tokenizer.encode(texts[-1]).ids)
    return Timing(asked_s[0] - start_s, end_s - start_s, tokens)


def _median_s(work: Callable[[], object]) -> float:
    times_s = []
    for _ in range(PREPROCESSING_RUNS):
        start_s = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - start_s)
    return median(times_s)


def _row(
    contender: Contender, runs: Sequence[Sequence[Timing]], bandwidth: float
) -> dict[str, Any]:
    """Return a row's figures; medians are over all answers, the range is of the runs' medians."""
    answers = [timing for run in runs for timing in run]
    run_medians_s = [median(timing.total_s for timing in run) for run in runs]
    tokens_per_s = median(timing.tokens / (timing.total_s - timing.prefill_s) for timing in answers)
    is_plain = contender.candidates == 1
    return {
        "name": contender.name,
        "end_to_end_median_s": median(timing.total_s for timing in answers),
        "end_to_end_lowest_run_s": min(run_medians_s),
        "end_to_end_highest_run_s": max(run_medians_s),
        "prefill_s": median(timing.prefill_s for timing in answers),
        "decode_tokens_per_s": tokens_per_s if is_plain else None,
        "tokens_per_answer": fmean(timing.tokens for timing in answers),
        "bandwidth_share": (
            contender.weight_bytes * tokens_per_s / bandwidth if is_plain else None
        ),
    }
