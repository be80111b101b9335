"""How well shape tells whole things from pieces, on drawn tables, and the weights that it takes.

Prints how many things are cut out at all (recall), how well the weights of half of the tables tell
segments of the other half (area under the ROC curve), and the weights of all of them. Those of
`proposals/wholeness.py` were fitted so on 50 tables, before `find_segments` was made quicker; with
today's cuts they come out a little otherwise. About two seconds a table.

    python -m benchmarks.wholeness --meshes DIR --tables 50
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track

from rt_grasp_ros.learn.words.drawn_tables import cut_tables
from rt_grasp_ros.learn.words.fit import logistic_regression
from rt_grasp_ros.proposals.wholeness import shape_features
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes

IS_WHOLE = 0.4
"""Intersection over union with a thing from which on a segment counts as that thing."""


def main() -> None:
    """Draw, cut, fit and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with index.json")
    parser.add_argument("--tables", type=int, default=50)
    parser.add_argument("--seed", type=int, default=10000)
    arguments = parser.parse_args()
    things = read_meshes(str(arguments.meshes))
    told, overlaps, best = [], [], []
    for seed in track(range(arguments.seed, arguments.seed + arguments.tables), "tables"):
        for table in cut_tables(things, [seed]):
            if table.segments and table.things:
                told.append(shape_features(table.frame, table.segments))
                overlaps.append(table.overlap.max(axis=1))
                best.extend(table.overlap.max(axis=0))
    half = len(told) // 2
    shapes = [np.concatenate(told[:half]), np.concatenate(told[half:])]
    whole = [np.concatenate(overlaps[:half]) > IS_WHOLE, np.concatenate(overlaps[half:]) > IS_WHOLE]
    fit = shapes[1] @ logistic_regression(shapes[0], whole[0])
    auc = (fit[whole[1]][:, None] > fit[~whole[1]][None]).mean()
    weights = logistic_regression(np.concatenate(shapes), np.concatenate(whole))
    print(f"cut out (IoU 0.5): {np.mean(np.array(best) > 0.5):.3f} of {len(best)} things")
    print(f"told whole from pieces: AUC {auc:.3f}")
    print(f"weights: {weights.round(2).tolist()}")


if __name__ == "__main__":
    main()
