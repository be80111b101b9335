"""Time that perception spends outside the model on a 1280x720 RGB-D picture, on one core.

Measures what the perception node does with a command apart from asking the model: decoding the
image messages, finding the table, lifting one rectangle, checking its way down, drawing it, and
packing the drawn picture into a message. Transport of the messages is not part of it.

    python -m benchmarks.perception_overhead --json -
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from rt_grasp_ros.bench.machine import describe_machine
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.candidates import ranked_grasps
from rt_grasp_ros.grasp.draw import draw_grasps
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.ros.messages.images import depth_m_from_image, image_from_array, rgb_from_image
from rt_grasp_ros.ros.perception.malloc_thresholds import keep_freed_pictures

WIDTH_PX, HEIGHT_PX = 1280, 720
INTRINSICS = Intrinsics(912.0, 911.0, 640.5, 359.5, WIDTH_PX, HEIGHT_PX)
RECTANGLE = GraspRectangle(640.0, 360.0, np.pi / 2, 80.0, 26.0, WIDTH_PX, HEIGHT_PX)
REASONING = (
    "The remote lies in the middle of the table and points to the upper left. It is long and flat, "
    "so the jaws close across its narrow body, near its middle, where it is balanced."
)
BUDGET_MS = 10.0
WARM_UP_RUNS = 5


def camera_messages() -> tuple[Image, Image]:
    """Return a colour and a depth message: bars on a table, with noise and holes."""
    rng = np.random.default_rng(0)
    depth_mm = np.full((HEIGHT_PX, WIDTH_PX), 700.0)
    for top, left in ((335, 560), (150, 300), (520, 900)):
        depth_mm[top : top + 50, left : left + 160] = 660.0
    depth_mm += rng.normal(0.0, 1.0, depth_mm.shape)
    depth_mm[rng.random(depth_mm.shape) < 0.03] = 0.0
    colour = rng.integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    header = Header(frame_id="camera_color_optical_frame")
    return image_from_array(colour, header), image_from_array(depth_mm.astype(np.uint16), header)


def one_run(colour: Image, depth: Image) -> tuple[dict[str, float], Grasp]:
    """Do what the node does once; return seconds of each stage, and the grasp."""
    stages_s: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start_s = time.perf_counter()
        result = work()
        stages_s[name] = time.perf_counter() - start_s
        return result

    rgb = timed("decode_colour", lambda: rgb_from_image(colour))
    depth_m = timed("decode_depth", lambda: depth_m_from_image(depth))
    frame = RgbdFrame(rgb, depth_m, INTRINSICS, colour.header.frame_id, stamp_ns=0)
    plane = timed("plane", lambda: find_support(frame.depth_m, frame.intrinsics))
    ((_, grasp),) = timed(
        "lift_and_clearance",
        lambda: ranked_grasps([RECTANGLE], [1.0], depth_m, INTRINSICS, Gripper(), plane),
    )
    drawn = timed("draw", lambda: draw_grasps(frame.rgb, [grasp], REASONING))
    timed("pack_picture", lambda: image_from_array(drawn, colour.header))
    return stages_s, grasp


def measure(runs: int) -> dict[str, Any]:
    """Return a flat result with medians and spread in milliseconds."""
    keep_freed_pictures()
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    colour, depth = camera_messages()
    for _ in range(WARM_UP_RUNS):
        _, grasp = one_run(colour, depth)
    if not grasp.is_executable:
        raise SystemExit(f"the benchmark's grasp was rejected: {grasp.rejected_reason}")
    rows, cpu_ms = [], []
    for _ in range(runs):
        cpu_start_s = time.process_time()
        rows.append(one_run(colour, depth)[0])
        cpu_ms.append((time.process_time() - cpu_start_s) * 1000)
    total_ms = np.array([sum(row.values()) for row in rows]) * 1000
    low_ms, median_ms, high_ms = np.percentile(total_ms, [10, 50, 90])
    result = {
        "width_px": WIDTH_PX,
        "height_px": HEIGHT_PX,
        "runs": runs,
        "median_ms": median_ms,
        "p10_ms": low_ms,
        "p90_ms": high_ms,
        "cpu_median_ms": np.median(cpu_ms),
        "budget_ms": BUDGET_MS,
    }
    for name in rows[0]:
        result[f"{name}_median_ms"] = np.median([row[name] for row in rows]) * 1000
    result = {key: round(float(value), 3) for key, value in result.items()}
    integers = {key: int(result[key]) for key in ("width_px", "height_px", "runs")}
    return result | integers | describe_machine()


def main() -> int:
    """Return 0 where the median is within the budget."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=50, help="at least 5 (default 50)")
    parser.add_argument("--json", help="file for the result, - for standard output")
    arguments = parser.parse_args()
    result = measure(max(arguments.runs, 5))
    text = json.dumps(result, indent=2) + "\n"
    if arguments.json == "-":
        sys.stdout.write(text)
    else:
        if arguments.json:
            Path(arguments.json).write_text(text, encoding="utf-8")
        for key, value in result.items():
            print(f"{key:28} {value}")
    return 0 if result["median_ms"] < BUDGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
