import math

import numpy as np
import pytest
from drawn_labels import paint, painted_overlap
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.data.similarity import Similarity
from rt_grasp_ros.grasp.rectangle import GraspRectangle, jaw_angle_difference

FROM_PX, TO_PX = (640, 480), (960, 880)

rectangles = st.builds(
    GraspRectangle,
    x_px=st.floats(240, 400),
    y_px=st.floats(180, 300),
    theta_rad=st.floats(-1.6, 1.6),
    opening_px=st.floats(200, 240),
    jaw_px=st.floats(96, 128),
    image_width_px=st.just(640),
    image_height_px=st.just(480),
)
similarities = st.builds(
    Similarity,
    from_px=st.just(FROM_PX),
    to_px=st.just(TO_PX),
    turn_rad=st.floats(-math.pi, math.pi),
    zoom=st.floats(0.8, 1.4),
    shift_px=st.tuples(st.floats(-60, 60), st.floats(-60, 60)),
    mirrored=st.booleans(),
)


@given(rectangles, similarities)
def test_a_painted_label_moves_as_the_label_does(rectangle, similarity):
    moved = similarity.to_picture(paint(rectangle, *FROM_PX))
    (label,) = similarity.to_rectangles([rectangle])
    assert painted_overlap(moved, paint(label, *TO_PX)) > 0.95


@given(rectangles, similarities)
def test_corners_and_label_move_alike(rectangle, similarity):
    corners = rectangle.corners() @ similarity.matrix[:, :2].T + similarity.matrix[:, 2]
    from_corners = GraspRectangle.from_corners(corners, *TO_PX)
    (moved,) = similarity.to_rectangles([rectangle])
    assert np.allclose(from_corners.centre, moved.centre)
    assert jaw_angle_difference(from_corners.theta_rad, moved.theta_rad) < 1e-6
    assert math.isclose(from_corners.opening_px, moved.opening_px, rel_tol=1e-6)
    assert math.isclose(from_corners.jaw_px, moved.jaw_px, rel_tol=1e-6)


def test_a_quarter_turn_is_exact_to_the_pixel():
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    turned = Similarity((64, 64), (64, 64), turn_rad=math.pi / 2).to_picture(picture)
    assert np.abs(turned.astype(int) - np.rot90(picture)).max() <= 1


def test_a_smaller_picture_is_cut_from_the_middle():
    picture = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    cut = Similarity((80, 60), (40, 20)).to_picture(picture)
    assert np.array_equal(cut, picture[20:40, 20:60])


def test_the_mirrored_middle_goes_where_the_shift_says():
    similarity = Similarity(FROM_PX, TO_PX, 1.0, 1.2, (7.0, -3.0), mirrored=True)
    assert similarity.matrix @ (320, 240, 1) == pytest.approx((487, 437))
