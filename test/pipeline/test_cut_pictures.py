"""A picture is cut once, however many commands are about it."""

from dataclasses import replace

import numpy as np
from made_table import BLUE, RED, table

from rt_grasp_ros.grasp.support import Support, find_support
from rt_grasp_ros.pipeline.cut_pictures import MOST_PICTURES, CutPictures

BLOCKS = ((150, 200, RED, 40, 0.04), (400, 200, BLUE, 40, 0.05))


class Cutting:
    """Counts what is cut."""

    def __init__(self):
        self.frames = []

    def __call__(self, frame, support):
        self.frames.append(frame)
        return [], np.zeros(0)


def on_table(*blocks):
    frame = table(*blocks)
    return frame, find_support(frame.depth_m, frame.intrinsics)


def test_the_same_pixels_are_cut_once_whoever_holds_them():
    cutting = Cutting()
    pictures = CutPictures(cutting)
    first = pictures.of(*on_table(*BLOCKS))
    assert pictures.of(*on_table(*BLOCKS)) is first
    assert len(cutting.frames) == 1


def test_a_buffer_that_is_written_again_is_another_picture():
    cutting = Cutting()
    pictures = CutPictures(cutting)
    frame, support = on_table(*BLOCKS)
    pictures.of(frame, support)
    frame.depth_m[300:310, 300:310] = 0.6
    pictures.of(frame, support)
    assert len(cutting.frames) == 2


def test_other_colours_at_the_same_depth_are_another_picture():
    cutting = Cutting()
    pictures = CutPictures(cutting)
    frame, support = on_table(*BLOCKS)
    pictures.of(frame, support)
    frame.rgb[200, 150] = BLUE
    pictures.of(frame, support)
    assert len(cutting.frames) == 2


def test_other_planes_and_another_lens_are_cut_anew():
    cutting = Cutting()
    pictures = CutPictures(cutting)
    frame, support = on_table(*BLOCKS)
    pictures.of(frame, support)
    plane = replace(support.plane, offset_m=support.plane.offset_m + 0.01)
    pictures.of(frame, Support((plane,)))
    lens = replace(frame.intrinsics, fx_px=frame.intrinsics.fx_px + 1)
    pictures.of(replace(frame, intrinsics=lens), support)
    assert len(cutting.frames) == 3


def test_only_the_last_pictures_are_kept():
    cutting = Cutting()
    pictures = CutPictures(cutting)
    seen = [on_table((150, 200, RED, 40, 0.03 + 0.01 * k)) for k in range(MOST_PICTURES + 1)]
    for one in seen:
        pictures.of(*one)
    pictures.of(*seen[-1])
    assert len(cutting.frames) == MOST_PICTURES + 1
    pictures.of(*seen[0])
    assert len(cutting.frames) == MOST_PICTURES + 2
