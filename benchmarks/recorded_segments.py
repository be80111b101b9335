"""Whether the labelled things of Cornell's frames are cut out, with their colours and without.

A thing counts as cut out where a segment overlaps the hull of its labelled grasps by more than 0.3
(IoU): hulls are wider than things. It counts as looked at where one of the 24 likeliest does.
Without colours everything is grey, so that depth alone cuts. A second a frame.

    python -m benchmarks.recorded_segments --data DIR
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from rt_grasp_ros.data.cornell import read_cornell
from rt_grasp_ros.data.data_folder import folder_of
from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.data.picture_depth import depth_of, guessed_intrinsics
from rt_grasp_ros.data.pixels import colour_of
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.pipeline.named_table import MOST_THINGS
from rt_grasp_ros.proposals.segments import find_segments
from rt_grasp_ros.proposals.wholeness import wholeness

_LEAST_IOU = 0.3


def labelled(picture: GraspPicture) -> NDArray[np.bool_]:
    """Return the hull of the labelled grasps, shape (H, W)."""
    corners = np.concatenate([np.asarray(one.corners()) for one in picture.rectangles])
    hull = cv2.convexHull(np.round(corners).astype(np.int32))
    area = np.zeros((picture.height_px, picture.width_px), np.uint8)
    return cv2.fillPoly(area, [hull], 1) > 0


def overlaps(frame: RgbdFrame, thing: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how much each segment overlaps a thing (IoU), the likeliest whole one first."""
    support = find_support(frame.depth_m, frame.intrinsics)
    segments = find_segments(frame, support)
    shares = [(one.mask & thing).sum() / (one.mask | thing).sum() for one in segments]
    return np.array(shares)[np.argsort(-wholeness(frame, segments))]


def main() -> None:
    """Print a line for each split, with colours and without."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="Cornell (default: in RT_GRASP_DATA)")
    parser.add_argument("--splits", nargs="+", default=["train", "val"], metavar="NAME")
    arguments = parser.parse_args()
    for split in arguments.splits:
        pictures = read_cornell(arguments.data or folder_of("cornell"), split, "frames")
        best: dict[str, list[tuple[float, float]]] = {"with colours": [], "without": []}
        for picture in track(pictures, split):
            intrinsics = guessed_intrinsics(picture.width_px, picture.height_px)
            coloured = RgbdFrame(colour_of(picture), depth_of(picture), intrinsics, "camera", 0)
            grey = replace(coloured, rgb=np.full_like(coloured.rgb, 128))
            for name, frame in (("with colours", coloured), ("without", grey)):
                found = overlaps(frame, labelled(picture))
                best[name].append((found.max(initial=0.0), found[:MOST_THINGS].max(initial=0.0)))
        for name, rows in best.items():
            cut_out, looked_at = (np.array(rows) > _LEAST_IOU).mean(axis=0)
            print(
                f"{split}, {name}: of {len(rows)} cut out {cut_out:.1%}, looked at {looked_at:.1%}"
            )


if __name__ == "__main__":
    main()
