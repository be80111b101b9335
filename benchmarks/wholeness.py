"""How well shape and outline tell whole things from pieces, on drawn tables, and their weights.

Draws the tables of `benchmarks.segments`, usual and crowded ones, and prints how well the weights
of half of the pictures tell segments of the other half (area under the ROC curve), and the weights
of all of them. Those of `proposals/wholeness.py` are of 40 and 30 tables. Two seconds a table.

    python -m benchmarks.wholeness --meshes DIR --tables 40 --crowded-tables 30
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track

from benchmarks.segments import CROWDED, SEEN_PX, overlap, pictures, support_of
from rt_grasp_ros.learn.words.fit import logistic_regression
from rt_grasp_ros.proposals.segments import find_segments
from rt_grasp_ros.proposals.wholeness import shape_features
from rt_grasp_ros.sim.mesh_pictures import Crowd
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes

IS_WHOLE = 0.5
"""Intersection over union with a thing from which on a segment counts as that thing."""

_USUAL_SEED, _CROWDED_SEED = 12000, 13000


def main() -> None:
    """Draw, cut, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with index.json")
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--crowded-tables", type=int, default=30)
    arguments = parser.parse_args()
    things = read_meshes(str(arguments.meshes))
    seeds = [(_USUAL_SEED + k, Crowd()) for k in range(arguments.tables)]
    seeds += [(_CROWDED_SEED + k, CROWDED) for k in range(arguments.crowded_tables)]
    told, whole = [], []
    for seed, crowd in track(seeds, "tables"):
        for frame, picture in pictures(things, seed, crowd):
            support = support_of(frame)
            segments = find_segments(frame, support) if support else []
            masks = [picture.thing_ids == k for k in range(1, len(picture.things) + 1)]
            seen = [mask for mask in masks if np.count_nonzero(mask) >= SEEN_PX]
            if segments and seen:
                told.append(shape_features(frame, segments))
                best = [max(overlap(one, mask) for mask in seen) for one in segments]
                whole.append(np.array(best) > IS_WHOLE)
    halves = [(np.concatenate(told[k::2]), np.concatenate(whole[k::2])) for k in (0, 1)]
    fit = halves[1][0] @ logistic_regression(*halves[0])
    is_whole = halves[1][1]
    auc = (fit[is_whole][:, None] > fit[~is_whole][None]).mean()
    weights = logistic_regression(np.concatenate(told), np.concatenate(whole))
    print(f"told whole from pieces: AUC {auc:.3f}")
    print(f"weights: {weights.round(2).tolist()}")


if __name__ == "__main__":
    main()
