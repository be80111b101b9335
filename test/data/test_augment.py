import math

import numpy as np
from drawn_labels import paint, painted_overlap
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.data.augment import AugmentRange, augment, relight
from rt_grasp_ros.grasp.rectangle import GraspRectangle

GEOMETRY_ONLY = AugmentRange(brightness=0, contrast=0, colour=0)
NOTHING = AugmentRange(0, (1, 1), 0, 0, 0, 0, 0)


def label(x_px=100.0, y_px=90.0, theta_rad=0.4):
    return GraspRectangle(x_px, y_px, theta_rad, 60, 24, 224, 224)


@given(
    st.builds(label, st.floats(70, 150), st.floats(70, 150), st.floats(-1.5, 1.5)),
    st.integers(0, 2**32),
)
def test_picture_and_labels_stay_together(rectangle, seed):
    picture = paint(rectangle, 224, 224)
    view, (moved,) = augment(picture, [rectangle], np.random.default_rng(seed), GEOMETRY_ONLY)
    assert view.shape == picture.shape and moved.is_inside_image
    assert painted_overlap(view, paint(moved, 224, 224)) > 0.9


def test_all_turns_and_both_hands_are_drawn():
    rng = np.random.default_rng(1)
    picture, rectangle = paint(label(), 224, 224), label()
    thetas = [augment(picture, [rectangle], rng)[1][0].theta_rad for _ in range(200)]
    counts, _ = np.histogram(thetas, 6, (-math.pi / 2, math.pi / 2))
    assert counts.min() > 10


def test_zero_range_changes_nothing():
    picture = np.random.default_rng(2).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    rectangle = GraspRectangle(20, 10, 0.3, 8, 4, 40, 30)
    view, labels = augment(picture, [rectangle], np.random.default_rng(0), NOTHING)
    assert np.array_equal(view, picture) and labels == (rectangle,)


def test_the_same_seed_draws_the_same_view():
    picture = paint(label(), 224, 224)
    first, second = (augment(picture, [label()], np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first[0], second[0]) and first[1] == second[1]


def test_light_changes_all_pixels_of_a_level_alike():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2).repeat(2, axis=0)
    lit = relight(ramp, np.random.default_rng(3))
    assert np.array_equal(lit[0], lit[1]) and not np.array_equal(lit, ramp)
    assert (np.diff(lit[0].astype(int), axis=0) >= 0).all()


def test_labels_come_back_in_order_and_in_the_size_asked_for():
    labels = [label(90, 90), label(130, 130)]
    view, moved = augment(
        paint(labels[0], 224, 224), labels, np.random.default_rng(0), NOTHING, to_px=(128, 96)
    )
    assert view.shape == (96, 128, 3)
    assert [(m.x_px, m.y_px) for m in moved] == [(42, 26), (82, 66)]
    assert (moved[0].image_width_px, moved[0].image_height_px) == (128, 96)
