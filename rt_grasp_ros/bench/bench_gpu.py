"""How fast LLaVA-1.5-7B answers on a GPU: stock `generate`, then ours step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from ..model.torch_backend.joined_layers import join_layers
from ..model.torch_backend.quantise import quantise
from .give_back import give_back
from .gpu_model import Shapes, bytes_read_per_token, random_llava, random_question
from .gpu_session import GpuSession, PlannedRow, measure_rows
from .gpu_ways import BASELINE, WAYS, Answer, OurAnswer, Timing, Way, stock_answer, wait_for
from .llama_cpp_way import LlamaCppAnswer, is_installed, random_llama_cpp

_COPIED_BYTES = 2**30
_PROFILED_ROWS = 20


def bench_gpu(runs: int, session: GpuSession, is_profiled: bool = False) -> dict[str, Any]:
    """Measure ways to run the model, `runs` times each after one to warm up.

    On a CPU, with a tiny model, what can't be recorded there is left out, and llama.cpp where it is
    not installed.

    Args:
        runs: how many.
        session: what is measured, for how long, and who hears of it.
        is_profiled: add to each of our rows where the time goes, by torch.profiler.

    Returns:
        As `measure_rows`, and the copy bandwidth of the device. Each row:
        `name`, `decode_tokens_per_s` (median, lowest and highest run), `first_token_s`,
        `second_first_token_s` (None for `generate`), `answer_s`, `answer_tokens`, `weights_mb`,
        `peak_memory_mb` (None on a CPU and of llama.cpp), `bandwidth_share` and
        `speedup_over_generate` (None until the baseline was measured), both of the median; with
        drafts `tokens_per_pass` and `drafts_right_share`, as they were enforced.

    Raises:
        GpuUnavailable: there is no GPU, and the model is not tiny.
        RequestInvalid: no way is called like that.
    """
    device, shapes = session.device(), session.shapes
    ways = {
        way.name: way
        for way in WAYS
        if (device.type == "cuda" or _runs_on_cpu(way)) and (is_installed() or not way.is_llama_cpp)
    }
    chosen = [ways[name] for name in session.chosen(tuple(ways))]
    bandwidth = copy_bandwidth_bytes_per_s(device, _COPIED_BYTES >> (8 if session.is_tiny else 0))

    def planned(way: Way) -> PlannedRow:
        def measure() -> dict[str, Any]:
            return _measure(way, shapes, device, runs, bandwidth, is_profiled)

        return PlannedRow(way.name, way.expected_s, measure)

    def compare(result: dict[str, Any]) -> None:
        _compare(result["rows"])
        if session.on_row is not None:
            session.on_row(result)

    about = {
        "image_tokens": shapes.image_tokens,
        "answer_tokens": shapes.answer_tokens,
        "runs": runs,
        "copy_bandwidth_gb_per_s": bandwidth / 1e9,
    }
    return measure_rows(
        replace(session, on_row=compare), [planned(way) for way in chosen], about, device
    )


def _compare(rows: Sequence[dict[str, Any]]) -> None:
    """Say how much faster than the baseline each row is, where that was measured."""
    base = [row["decode_tokens_per_s"] for row in rows if row["name"] == BASELINE]
    for row in rows:
        row["speedup_over_generate"] = row["decode_tokens_per_s"] / base[0] if base else None


def copy_bandwidth_bytes_per_s(
    device: torch.device, copied_bytes: int = _COPIED_BYTES, repetitions: int = 10
) -> float:
    """Measure what a device copies within its memory, read and written bytes.

    Args:
        device: whose memory.
        copied_bytes: of each copy.
        repetitions: the fastest counts.
    """
    source = torch.ones(copied_bytes, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    fastest_s = float("inf")
    for _ in range(repetitions):
        wait_for(device)
        start_s = time.perf_counter()
        target.copy_(source)
        wait_for(device)
        fastest_s = min(fastest_s, time.perf_counter() - start_s)
    return 2 * copied_bytes / fastest_s


def _runs_on_cpu(way: Way) -> bool:
    """Whether a way is not about recording, which a CPU can't, nor compiling, which takes long."""
    return way.is_stock or way.is_llama_cpp or way.acceleration == "eager"


def _measure(
    way: Way,
    shapes: Shapes,
    device: torch.device,
    runs: int,
    bandwidth: float,
    is_profiled: bool,
) -> dict[str, Any]:
    question = random_question(shapes, device)
    if way.is_llama_cpp:
        with random_llama_cpp(shapes, device) as (llama, weights):
            answer: Answer = LlamaCppAnswer(llama, question, shapes)
            row = _row(way.name, answer, runs, weights.read_per_token_bytes / bandwidth)
        return row | {"weights_mb": weights.held_bytes / 1e6, "peak_memory_mb": None}
    llava = random_llava(shapes, device)
    if not way.is_stock:
        join_layers(llava)
    memory = quantise(llava, way.quantise, device, way.doubly)
    give_back(device)
    plan = way.plan()
    answer = (
        stock_answer(llava, question, shapes)
        if way.is_stock
        else OurAnswer(llava, question, shapes, way.acceleration, plan)
    )
    profiled = is_profiled and not way.is_stock
    more: dict[str, Any] = {"profile": _profile(answer, device)} if profiled else {}
    if plan is not None:
        more |= {"tokens_per_pass": plan.tokens_per_pass, "drafts_right_share": plan.right_share}
    row = _row(way.name, answer, runs, bytes_read_per_token(llava) / bandwidth)
    on_gpu = device.type == "cuda"
    more["weights_mb"] = memory.after_bytes / 1e6
    more["peak_memory_mb"] = torch.cuda.max_memory_allocated() / 1e6 if on_gpu else None
    return row | more


def _row(name: str, answer: Answer, runs: int, least_s: float) -> dict[str, Any]:
    """Return the figures of `runs` answers after one to warm up.

    Args:
        name: of the row.
        answer: what is measured.
        runs: how many.
        least_s: that reading a token's weights takes by the device's bandwidth.
    """
    answer()
    timings = [answer() for _ in range(runs)]
    rates = [timing.tokens_per_s for timing in timings]
    rate = median(rates)
    seconds = [timing.second_first_token_s for timing in timings]
    return {
        "name": name,
        "decode_tokens_per_s": rate,
        "decode_tokens_per_s_lowest": min(rates),
        "decode_tokens_per_s_highest": max(rates),
        "first_token_s": median(timing.first_token_s for timing in timings),
        "second_first_token_s": None if None in seconds else median(filter(None, seconds)),
        "answer_s": median(timing.total_s for timing in timings),
        "answer_tokens": median(timing.tokens for timing in timings),
        "bandwidth_share": rate * least_s,
    }


def _profile(answer: Callable[[], Timing], device: torch.device) -> list[dict[str, Any]]:
    """Return what one answer spends its time on, the longest first."""
    on_gpu = device.type == "cuda"
    answer()
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
    with profile(activities=activities) as recorded:
        answer()
    rows = [
        {
            "what": event.key,
            "calls": event.count,
            "us": event.self_device_time_total if on_gpu else event.self_cpu_time_total,
        }
        for event in recorded.key_averages()
    ]
    return sorted(rows, key=lambda row: -row["us"])[:_PROFILED_ROWS]
