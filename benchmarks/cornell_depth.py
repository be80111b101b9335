"""What the depth of Cornell's frames is measured from, by how flat its table is.

The files call it depth. Taken for depths along the optical axis, with the usual guess of the
camera, the table is no plane. This fits the point that it holds the distances from, together with
the table's plane, to the median of all frames, and prints for both readings how far the table is
from flat: medians over frames of the root mean square distance from its plane, the four fifths of
each frame nearest to it. No label is used. Half a minute.

    python -m benchmarks.cornell_depth --data DIR
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from scipy.optimize import least_squares

from rt_grasp_ros.data.cornell import FRAME_SIZE_PX, ORIGIN_M, read_cornell
from rt_grasp_ros.data.data_folder import folder_of
from rt_grasp_ros.data.picture_depth import along_axis, guessed_intrinsics
from rt_grasp_ros.data.pixels import read_depth

TABLE_PX = np.s_[200:465, 40:500]
"""Rows and columns that show the table in every frame."""

_EVERY_PX = 6
_NOISE_M = 0.003
_STARTS_M = ((0.0, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, -0.3, 0.0), (0.0, 0.0, 0.3))


def distances_m(folder: Path, splits: Sequence[str]) -> list[NDArray[np.float32]]:
    """Return what the depth files of all frames hold, metres, each (H, W), NaN where nothing."""
    frames = [one for split in splits for one in read_cornell(folder, split, "frames")]
    paths = [one.depth_path for one in track(frames, "frames") if one.depth_path is not None]
    return [read_depth(path) for path in paths]


def fitted_origin_m(distance_m: NDArray[np.float32]) -> tuple[float, float, float]:
    """Return the point that a picture of a flat table holds the distances from.

    With rays d = (x, y, 1) the plane is z = 1 / (a x + b y + c), and the distances are |z d - o|.

    Args:
        distance_m: metres, shape (H, W).

    Returns:
        o, in the colour optical frame, metres.
    """
    every = slice(None, None, _EVERY_PX)
    rays = guessed_intrinsics(*FRAME_SIZE_PX).back_project_all(np.ones_like(distance_m))
    rays = rays[TABLE_PX][every, every].reshape(-1, 3)
    given_m = distance_m[TABLE_PX][every, every].reshape(-1)
    is_given = np.isfinite(given_m)
    rays, given_m = rays[is_given], given_m[is_given]

    def off_m(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        points_m = rays / (rays @ numbers[:3])[:, None]
        return np.asarray(np.linalg.norm(points_m - numbers[3:], axis=1) - given_m)

    fits = [
        least_squares(off_m, [0.0, 0.8, 1.0, *start], loss="soft_l1", f_scale=_NOISE_M)
        for start in _STARTS_M
    ]
    x_m, y_m, z_m = min(fits, key=lambda fit: float(fit.cost)).x[3:]
    return float(x_m), float(y_m), float(z_m)


def off_flat_m(depth_m: NDArray[np.float32]) -> float:
    """Return how far the table is from a plane, metres, if these are depths along the axis."""
    points_m = guessed_intrinsics(*FRAME_SIZE_PX).back_project_all(depth_m)[TABLE_PX].reshape(-1, 3)
    points_m = points_m[np.isfinite(points_m[:, 2])]
    is_near = np.ones(len(points_m), bool)
    off_m = np.zeros(len(points_m))
    for _ in range(10):
        middle = points_m[is_near].mean(axis=0)
        normal = np.linalg.eigh(np.cov((points_m[is_near] - middle).T))[1][:, 0]
        off_m = np.abs((points_m - middle) @ normal)
        is_near = off_m <= np.quantile(off_m, 0.8)
    return float(np.sqrt((off_m[is_near] ** 2).mean()))


def main() -> None:
    """Print the fit, and how flat the table is either way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="Cornell (default: in RT_GRASP_DATA)")
    parser.add_argument("--splits", nargs="+", default=["train", "val"], metavar="NAME")
    arguments = parser.parse_args()
    frames = distances_m(arguments.data or folder_of("cornell"), arguments.splits)
    origin_m = fitted_origin_m(np.nanmedian(np.stack(frames), axis=0))
    print(f"{len(frames)} frames; distances from {np.round(origin_m, 3)} m, built in {ORIGIN_M}")
    intrinsics = guessed_intrinsics(*FRAME_SIZE_PX)
    for name, depths in (
        ("taken for depths", frames),
        (
            "as distances from what is built in",
            [along_axis(f, intrinsics, ORIGIN_M) for f in frames],
        ),
    ):
        off_mm = [1000.0 * off_flat_m(depth_m) for depth_m in depths]
        print(
            f"{name}: {np.median(off_mm):.1f} mm off flat ({min(off_mm):.1f} to {max(off_mm):.1f})"
        )


if __name__ == "__main__":
    main()
