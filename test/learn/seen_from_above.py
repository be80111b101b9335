"""A table of things that a benchmark asks about, without a picture."""

import numpy as np

from benchmarks.names.drawn import SeenTable
from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame


def seen_from_above(*placed):
    """Return a table seen straight from above; each thing with x and y as the camera shows it."""
    ids = np.zeros((100, 300), np.uint8)
    poses = []
    for number, (_, x_m, y_m) in enumerate(placed, 1):
        ids[:50, 50 * number : 50 * number + 40] = number
        pose = np.diag([1.0, -1.0, -1.0, 1.0])
        pose[:3, 3] = x_m, -y_m, 1.0
        poses.append(pose)
    frame = RgbdFrame(
        np.zeros((100, 300, 3), np.uint8),
        np.ones((100, 300), np.float32),
        Intrinsics(300, 300, 150, 50, 300, 100),
        "camera",
        0,
    )
    things = tuple(one for one, *_ in placed)
    return SeenTable("usual", 1, 0, frame, ids, things, np.array(poses))
