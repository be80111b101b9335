import math

import numpy as np
import pytest

from rt_grasp_ros.data.copy_paste import copy_paste
from rt_grasp_ros.grasp.rectangle import GraspRectangle

FRAME_PX, CROP_PX = (160, 120), (80, 80)


def label_at(x_px, y_px, size_px, theta_rad=0.3, opening_px=20.0):
    return GraspRectangle(x_px, y_px, theta_rad, opening_px, 8.0, *size_px)


def drawn(label, size_px, background, colour):
    """Return a picture with a thing of one colour where the label is."""
    picture = np.full((size_px[1], size_px[0], 3), background, np.uint8)
    y_px, x_px = np.mgrid[: size_px[1], : size_px[0]] + 0.5
    picture[np.hypot(x_px - label.x_px, y_px - label.y_px) < 7] = colour
    return picture


@pytest.fixture
def pictures():
    there, here = label_at(60.0, 70.0, FRAME_PX), label_at(44.0, 37.0, CROP_PX)
    frame = drawn(there, FRAME_PX, 220, (0, 0, 255))
    crop = drawn(here, CROP_PX, 110, (120, 0, 0))
    return frame, [there], crop, [here]


@pytest.mark.parametrize("seed", range(8))
def test_the_crops_thing_lies_where_its_label_says_and_the_frames_is_gone(pictures, seed):
    image, (label,) = copy_paste(*pictures, 0.8, np.random.default_rng(seed))
    reddish = (image[..., 0] > 120) & (image[..., 1] < 60)
    y_px, x_px = np.nonzero(reddish)
    assert (x_px.mean() + 0.5, y_px.mean() + 0.5) == pytest.approx(label.centre, abs=0.5)
    assert reddish.sum() == pytest.approx(math.pi * (7 * 0.8) ** 2, rel=0.2)
    assert not ((image[..., 2] > 150) & (image[..., 0] < 60)).any()
    assert label.opening_px == pytest.approx(16.0)
    assert (label.image_width_px, label.image_height_px) == FRAME_PX


def test_the_crop_comes_into_the_frames_light(pictures):
    image, _ = copy_paste(*pictures, 0.8, np.random.default_rng(0))
    from_there, of_crop = np.abs(image.astype(int) - 220).max(axis=2), image[70, 80]
    assert (from_there > 2).mean() < 0.02  # the thing itself
    assert of_crop.tolist() == pytest.approx([220] * 3, abs=2)


@pytest.mark.parametrize("x_px", [3.0, 77.0])
def test_what_the_disc_would_cut_is_not_laid_in(pictures, x_px):
    frame, there, crop, _ = pictures
    near_the_edge = [label_at(x_px, 40.0, CROP_PX)]
    assert copy_paste(frame, there, crop, near_the_edge, 0.8, np.random.default_rng(0)) is None


def test_a_thing_too_large_to_be_covered_stays(pictures):
    frame, there, crop, here = pictures
    large = [*there, label_at(60.0, 118.0, FRAME_PX)]
    assert copy_paste(frame, large, crop, here, 0.3, np.random.default_rng(0)) is None
