"""How fast LLaVA-1.5-7B answers on a GPU: stock `generate`, then ours step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, cast

import torch
from torch.profiler import ProfilerActivity, profile

from ..grasp.errors import ModelError, RequestInvalid
from ..model.torch_backend.joined_layers import join_layers
from ..model.torch_backend.quantise import quantise
from ..model.torch_backend.torch_failures import choose_device, device_name, memory_failures
from .give_back import give_back
from .gpu_model import (
    LLAVA_7B,
    TINY,
    Shapes,
    bytes_read_per_token,
    random_llava,
    random_question,
)
from .gpu_ways import (
    BASELINE,
    WAYS,
    OurAnswer,
    Timing,
    Way,
    stock_answer,
    wait_for,
)
from .machine import describe_machine

_COPIED_BYTES = 2**30
_PROFILED_ROWS = 20

OnProgress = Callable[[str, int, int], None]
OnRow = Callable[[dict[str, Any]], None]


def bench_gpu(
    runs: int,
    on_progress: OnProgress,
    is_tiny: bool = False,
    is_profiled: bool = False,
    minutes: float | None = None,
    only: Sequence[str] = (),
    on_row: OnRow | None = None,
) -> dict[str, Any]:
    """Measure ways to run the model, `runs` times each after one to warm up.

    Args:
        runs: how many.
        on_progress: called with what is measured, how many ways are done, and of how many.
        is_tiny: take a tiny model and whatever device there is, to try the script; what can't be
            recorded there is left out.
        is_profiled: add to each of our rows where the time goes, by torch.profiler.
        minutes: how long it may take; ways that are not reckoned to fit are not begun.
        only: measure the ways whose names hold one of these; all where there is none.
        on_row: called with the whole result so far after each row.

    Returns:
        `shapes`, `rows`, `not_run`, `failed` (reasons by way), the copy bandwidth of
        the device, and the machine. Each row:
        `name`, `decode_tokens_per_s` (median, lowest and highest run), `first_token_s`,
        `second_first_token_s` (None for `generate`), `answer_s`, `answer_tokens`, `weights_mb`,
        `peak_memory_mb` (None on a CPU), `bandwidth_share` and `speedup_over_generate` (None until
        the baseline was measured), both of the median; with drafts `tokens_per_pass` and
        `drafts_right_share`, as they were enforced.

    Raises:
        GpuUnavailable: there is no GPU, and the model is not tiny.
        RequestInvalid: no way is called like that.
    """
    end_s = None if minutes is None else time.monotonic() + 60 * minutes
    device = choose_device("auto" if is_tiny else "cuda")
    shapes = TINY if is_tiny else LLAVA_7B
    ways = [
        way
        for way in WAYS
        if (device.type == "cuda" or _runs_on_cpu(way))
        and (not only or any(part in way.name for part in only))
    ]
    if not ways:
        raise RequestInvalid(
            f"There is nothing to measure here that is called like {', '.join(only)}; choose from "
            f"{'; '.join(way.name for way in WAYS)}."
        )
    bandwidth = copy_bandwidth_bytes_per_s(device, _COPIED_BYTES >> (8 if is_tiny else 0))
    rows: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    result = {
        "shapes": shapes.name,
        "image_tokens": shapes.image_tokens,
        "answer_tokens": shapes.answer_tokens,
        "runs": runs,
        "copy_bandwidth_gb_per_s": bandwidth / 1e9,
        "rows": rows,
        "not_run": [way.name for way in ways],
        "failed": failed,
        "device": device_name(device),
        "cuda": torch.version.cuda,
        "machine": describe_machine(),
    }
    for done, way in enumerate(ways):
        on_progress(way.name, done, len(ways))
        if end_s is not None and time.monotonic() + (0 if is_tiny else way.expected_s) > end_s:
            continue
        try:
            with memory_failures(device, f"the way '{way.name}'"):
                rows.append(_measure(way, shapes, device, runs, bandwidth, is_profiled))
        except (ModelError, RuntimeError) as error:
            failed[way.name] = str(error).partition("\n")[0]
        give_back(device)
        cast(list[str], result["not_run"]).remove(way.name)
        _compare(rows)
        if on_row is not None:
            on_row(result)
    on_progress("done", len(ways), len(ways))
    return result


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
    return way.is_stock or way.acceleration == "eager"


def _measure(
    way: Way,
    shapes: Shapes,
    device: torch.device,
    runs: int,
    bandwidth: float,
    is_profiled: bool,
) -> dict[str, Any]:
    llava = random_llava(shapes, device)
    if not way.is_stock:
        join_layers(llava)
    memory = quantise(llava, way.quantise, device, way.doubly)
    give_back(device)
    question = random_question(shapes, device)
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
    answer()
    timings = [answer() for _ in range(runs)]
    rates = [timing.tokens_per_s for timing in timings]
    rate = median(rates)
    seconds = [timing.second_first_token_s for timing in timings]
    on_gpu = device.type == "cuda"
    return {
        "name": way.name,
        "decode_tokens_per_s": rate,
        "decode_tokens_per_s_lowest": min(rates),
        "decode_tokens_per_s_highest": max(rates),
        "first_token_s": median(timing.first_token_s for timing in timings),
        "second_first_token_s": None if way.is_stock else median(filter(None, seconds)),
        "answer_s": median(timing.total_s for timing in timings),
        "answer_tokens": median(timing.tokens for timing in timings),
        "weights_mb": memory.after_bytes / 1e6,
        "peak_memory_mb": torch.cuda.max_memory_allocated() / 1e6 if on_gpu else None,
        "bandwidth_share": rate * bytes_read_per_token(llava) / bandwidth,
        **more,
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
