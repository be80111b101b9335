"""A made-up table with coloured blocks, and a model that knows where they are."""

import numpy as np

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.proposals.proposal import Proposal

INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)
RED, BLUE, GRAY = (200, 25, 20), (25, 70, 190), (128, 128, 128)


def table(*blocks):
    """Return a frame with blocks `(x_px, y_px, rgb, side_px, height_m)` on a gray table."""
    depth_m = np.full((480, 640), 0.7, np.float32)
    rgb = np.full((480, 640, 3), GRAY, np.uint8)
    for x, y, colour, side, height_m in blocks:
        where = slice(y - side // 2, y + side // 2), slice(x - side // 2, x + side // 2)
        depth_m[where] = 0.7 - height_m
        rgb[where] = colour
    return RgbdFrame(rgb, depth_m, INTRINSICS, "camera", 0)


def rectangle_at(x_px, y_px, opening_px=50.0):
    return GraspRectangle(x_px, y_px, 0.0, opening_px, 20, 640, 480)


def answer_at(x_px, y_px, reasoning="The red block lies there.", score=0.9):
    return Answer(reasoning, rectangle_at(x_px, y_px), score)


def sees_blocks(frame, words, places):
    """Answer with every place at which the picture shows a block, in order; else that none is."""
    shown = [(x, y) for x, y in places if tuple(frame.rgb[y, x]) != GRAY]
    answers = [answer_at(float(x), float(y)) for x, y in shown]
    return Looked(answers or [Answer("There is none.", None, 0.9)], doubt="")


class OneInEach:
    """`Proposals` of somebody else: one grasp in the middle of each region, told by its width."""

    def propose(self, frame, plane, region):
        pose = np.eye(4)
        pose[:3, 3] = np.nanmedian(frame.points_m[region], axis=0)
        pose[2, 3] += 0.011
        return [Proposal(pose, 0.06, 0.045, 0.02, 0.9)]
