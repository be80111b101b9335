"""How well shape, outline and colours tell whole things from pieces, on drawn tables.

Draws the tables of `benchmarks.segments`, usual and crowded ones, and prints how well the weights
of half of the pictures tell segments of the other half (area under the ROC curve). With `--write`
the weights of all of them are written; those that ship are of 40 and 30 tables. Two seconds a
table.

    python -m benchmarks.wholeness --meshes DIR --tables 40 --crowded-tables 30
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from benchmarks.segments import CROWDED, SEEN_PX, pictures, support_of
from rt_grasp_ros.learn.points.drawn_points import overlap
from rt_grasp_ros.learn.words.fit import logistic_regression
from rt_grasp_ros.proposals.segments import find_segments
from rt_grasp_ros.proposals.wholeness import WholenessWeights, whole_features
from rt_grasp_ros.sim.mesh_pictures import Crowd
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes

IS_WHOLE = 0.5
"""Intersection over union with a thing from which on a segment counts as that thing."""

_USUAL_SEED, _CROWDED_SEED = 12000, 13000
_PENALTY = 30.0


def main() -> None:
    """Draw, cut, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with index.json")
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--crowded-tables", type=int, default=30)
    parser.add_argument("--write", type=Path, help="file for the weights")
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
                told.append(whole_features(frame, segments))
                best = [max(overlap(one.mask, mask) for mask in seen) for one in segments]
                whole.append(np.array(best) > IS_WHOLE)
    first = fitted(np.concatenate(told[::2]), np.concatenate(whole[::2]))
    logits = first.terms(np.concatenate(told[1::2])) @ first.weights
    is_whole = np.concatenate(whole[1::2])
    auc = (logits[is_whole][:, None] > logits[~is_whole][None]).mean()
    print(f"told whole from pieces: AUC {auc:.3f} ({len(is_whole)} segments)")
    if arguments.write is not None:
        fit = fitted(np.concatenate(told), np.concatenate(whole))
        numbers = {
            name: [float(f"{value:.4g}") for value in getattr(fit, name)]
            for name in ("mean", "spread", "weights")
        }
        text = json.dumps(numbers, separators=(",", ": ")).replace("],", "],\n")
        arguments.write.write_text(text + "\n", encoding="utf-8")


def fitted(features: NDArray[np.float64], is_whole: NDArray[np.bool_]) -> WholenessWeights:
    """Return the weights that tell whole things by their features, shape (S, F)."""
    plain = WholenessWeights(features.mean(axis=0), features.std(axis=0), np.zeros(0))
    weights = logistic_regression(plain.terms(features), is_whole, penalty=_PENALTY)
    return WholenessWeights(plain.mean, plain.spread, weights)


if __name__ == "__main__":
    main()
