"""Pictures of grasps."""

import math

import numpy as np
import pytest

from rt_grasp_ros.grasp.draw import draw_comparison, draw_grasps
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.grasp import Grasp
from rt_grasp_ros.grasp.rectangle import GraspRectangle

SIZES = [(640, 480), (1280, 720), (224, 224)]


def picture(width_px=640, height_px=480):
    return np.full((height_px, width_px, 3), 90, np.uint8)


def grasp(x_px=320.0, y_px=200.0, theta_rad=0.4, rejected=ErrorCode.OK):
    rectangle = GraspRectangle(x_px, y_px, theta_rad, 80.0, 30.0, 640, 480)
    return Grasp(rectangle, np.eye(4), opening_m=0.05, rejected_code=rejected)


def changed_box(drawn):
    """Return the bounding box x0, y0, x1, y1 of what was drawn into a blank picture."""
    rows, columns = np.nonzero((drawn != 90).any(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def is_coloured(image):
    return (image.max(axis=2).astype(int) - image.min(axis=2) > 60).any()


def test_draws_into_a_copy():
    image = picture()
    drawn = draw_grasps(image, [grasp()], "here")
    assert (image == 90).all()
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8


def test_rectangle_is_drawn_where_it_is():
    one = grasp(theta_rad=math.pi / 6)
    corners = one.rectangle.corners()
    box = changed_box(draw_grasps(picture(), [one]))
    np.testing.assert_allclose(box[:2], corners.min(axis=0), atol=6)
    np.testing.assert_allclose(box[2:], corners.max(axis=0), atol=6)


def test_jaws_and_closing_edges_differ_in_colour():
    drawn = draw_grasps(picture(), [grasp(theta_rad=0.0)])
    jaw, edge = drawn[200, 280].astype(int), drawn[185, 320].astype(int)
    assert jaw[0] > jaw[2] + 60, "jaws are red"
    assert edge[2] > edge[0] + 60, "closing edges are light blue"


def test_rejected_ones_are_grey():
    assert is_coloured(draw_grasps(picture(), [grasp()]))
    rejected = grasp(rejected=ErrorCode.OPENING_TOO_WIDE)
    assert not is_coloured(draw_grasps(picture(), [rejected]))


def test_the_best_is_on_top_of_the_others():
    best_alone = draw_grasps(picture(), [grasp()])
    both = draw_grasps(picture(), [grasp(), grasp(x_px=330.0, rejected=ErrorCode.NO_PLAN)])
    jaws_of_best = (best_alone == (255, 64, 64)).all(axis=2)
    assert jaws_of_best.any()
    np.testing.assert_array_equal(both[jaws_of_best], best_alone[jaws_of_best])


@pytest.mark.parametrize(("width_px", "height_px"), SIZES)
def test_caption_is_at_the_bottom_and_leaves_the_picture_visible(width_px, height_px):
    drawn = draw_grasps(picture(width_px, height_px), [], "The mug stands on the left. " * 40)
    _, top, _, bottom = changed_box(drawn)
    assert bottom == height_px
    assert top > 0.5 * height_px


def test_caption_in_any_script_is_drawn():
    draw_grasps(picture(), [], "Die Tasse: größer, 杯子\nthen\n\n" + "x" * 500)


def test_nothing_to_draw_changes_nothing():
    np.testing.assert_array_equal(draw_grasps(picture(), [], "  "), picture())


def test_a_rectangle_beyond_the_border_is_clipped():
    draw_grasps(picture(), [grasp(x_px=5000.0), grasp(x_px=-3.0, y_px=-1e7)])


def test_a_prediction_is_drawn_over_the_labels_it_is_compared_with():
    label, prediction = grasp(x_px=200.0).rectangle, grasp(x_px=400.0).rectangle
    both = draw_comparison(picture(), [label], prediction)
    missing = draw_comparison(picture(), [label], None)
    assert (picture() == 90).all()
    left, right = np.s_[:, :300], np.s_[:, 300:]
    assert (both[left] == missing[left]).all()
    assert (missing[right] == 90).all()
    assert (both[right] != 90).any()
    over = draw_comparison(picture(), [label], label)
    assert (over != missing).any()
