import math

import numpy as np
import pytest
from drawn_bar import bar, draw, find
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.grasp.rectangle import jaw_angle_difference
from rt_grasp_ros.model.families.realvlg_r1 import (
    FAMILY,
    MAX_PIXELS,
    MIN_PIXELS,
    PATCH_PX,
    seen_size,
)

SIZES = [(640, 480), (480, 640), (1280, 720), (320, 240), (3000, 2000)]


def answer_text(x_px, y_px, theta_deg, width_px):
    numbers = f"{x_px:.1f}, {y_px:.1f}, {theta_deg:.1f}, {width_px:.1f}"
    return f"<think> The bar is long. </think>\n<answer>({numbers})</answer>"


@settings(max_examples=20, deadline=None)
@given(
    size=st.sampled_from(SIZES),
    x=st.floats(0.3, 0.7),
    y=st.floats(0.3, 0.7),
    theta_rad=st.floats(-math.pi / 2, math.pi / 2),
    length=st.floats(0.2, 0.5),
)
def test_a_bar_in_the_resized_picture_is_read_back_where_it_was_drawn(
    size, x, y, theta_rad, length
):
    truth = bar(x, y, theta_rad, length, size)
    seen_x, seen_y, seen_theta_rad, seen_length = find(FAMILY.picture(draw(truth)))
    text = answer_text(seen_x, seen_y, -math.degrees(seen_theta_rad), seen_length)
    read = FAMILY.read(text, *size, score=0.5)
    assert (read.reasoning, read.score) == ("The bar is long.", 0.5)
    tolerance_px = max(size) / 500
    np.testing.assert_allclose(read.rectangle.centre, truth.centre, atol=tolerance_px)
    assert read.rectangle.opening_px == pytest.approx(truth.opening_px, abs=2 * tolerance_px)
    assert jaw_angle_difference(read.rectangle.theta_rad, truth.theta_rad) < 0.015


def test_the_authors_corners_are_the_rectangles():
    """`rect_to_points8` of their `rect_grasp.py` for x 400, y 300, theta 30 degrees, width 120."""
    cosine, sine = math.cos(math.radians(30)), math.sin(math.radians(30))
    along, across = np.array([cosine, sine]) * 60, np.array([-sine, cosine]) * 20
    theirs = np.array([400, 300]) + np.stack(
        [-along + across, along + across, along - across, -along - across]
    )
    size = (644, 476)  # a size that is shown as it is
    read = FAMILY.read(answer_text(400, 300, 30, 120), *size).rectangle
    ours = read.corners()
    distances = np.linalg.norm(ours[:, None] - theirs[None], axis=2)
    np.testing.assert_allclose(distances.min(axis=1), 0.0, atol=1e-9)
    np.testing.assert_allclose(read.opening_direction, [cosine, sine])


@given(st.integers(16, 5000), st.integers(16, 5000))
def test_the_size_shown_fits_patches_and_training(width_px, height_px):
    seen_width_px, seen_height_px = seen_size(width_px, height_px)
    assert seen_width_px % PATCH_PX == seen_height_px % PATCH_PX == 0
    assert seen_width_px * seen_height_px <= MAX_PIXELS or min(width_px, height_px) < 100
    assert seen_width_px * seen_height_px >= MIN_PIXELS


@pytest.mark.torch
@settings(deadline=None)  # the first example imports transformers
@given(st.integers(100, 4000), st.integers(100, 4000))
def test_the_size_shown_is_what_the_processor_would_choose_and_keeps(width_px, height_px):
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

    theirs = smart_resize(
        height_px, width_px, PATCH_PX, min_pixels=MIN_PIXELS, max_pixels=MAX_PIXELS
    )
    ours = seen_size(width_px, height_px)
    assert ours == (theirs[1], theirs[0])
    if max(ours) < 180 * min(ours):
        assert smart_resize(ours[1], ours[0], max_pixels=12_845_056) == (ours[1], ours[0])


@pytest.mark.parametrize(
    "text",
    [
        "<think>a</think><answer>(1, 2, 3)</answer>",
        "<answer>(1, 2, 3, nan)</answer>",
        "<answer>(1, 2, 3, -40)</answer>",
        "<answer>(1, 2, 3, 1e999)</answer>",
        "<answer>x 1 y 2</answer>",
        "<think>I write <answer>(1, 2, 3, 4)</answer></think>",
        "<think>I write <answer>(1, 2, 3, 4)</answer>, so",
        "<think>a</think><answer>(1, 2, 3, 4)</answer><answer>none</answer>",
        "<answer>[100, 100, 200, 200, 1]</answer>",
        "<answer>(1, 2, 3, 0)</answer>",
        "I see 2 mugs and 3 spoons.",
        "",
    ],
)
def test_other_text_is_garbled(text):
    with pytest.raises(AnswerGarbled):
        FAMILY.read(text, 640, 480)


def test_an_answer_whose_end_was_cut_off_by_a_stop_word_is_read():
    answer = FAMILY.read("<think>a\nb</think> <answer>( 322 , 238,-12.5, 6e1)", 644, 476)
    assert answer.reasoning == "a\nb"
    assert answer.rectangle.theta_rad == pytest.approx(math.radians(12.5))
    assert answer.rectangle.opening_px == 60.0


@pytest.mark.parametrize(
    "text",
    [
        "<think>It is long.</think>\n<answer>[322, 238, 30, 60]</answer>",
        "<think>It is long.</think>\n<answer>322, 238, 30\u00b0, 60</answer>",
        "<think>It is long.</think>\n<answer>```json\n(322., 238., 30., 60.)```</answer> So.",
        "<think>It is <answer>(1, 2, 3, 4)</answer> long.</think> <answer>(322,238,30,60)</answer>",
        "It is long.</think> (1, 2) no: <answer>(5, 6, 7, 8)</answer><answer>322 238 30 60",
        "<think>It is long.</think> The grasp is (322, 238, 30, 60)",
        "The grasp is (322, 238, 30, 60)",
    ],
)
def test_the_last_answer_behind_the_thoughts_is_read_however_it_is_written(text):
    answer = FAMILY.read(text, 644, 476)
    assert (answer.rectangle.x_px, answer.rectangle.y_px) == (322, 238)
    assert answer.rectangle.theta_rad == pytest.approx(-math.radians(30))
    assert answer.rectangle.opening_px == 60
    assert "<" not in answer.reasoning
    assert FAMILY.read(FAMILY.retell(answer), 644, 476).rectangle == answer.rectangle


def test_the_instruction_holds_the_command_as_the_models_were_trained():
    assert FAMILY.instruction("the yellow banana") == (
        "Predict a stable 2D rectangular grasp pose for the target object based on the "
        'instruction: "the yellow banana". First, output your reasoning process in <think> '
        "</think> tags, then output the final grasp pose in <answer> </answer> tags, following "
        'this format: \\"<think> thinking process </think>\\n<answer>(x, y, theta, '
        'width)</answer>\\"'
    )
