"""A model gets the table as it was trained to see it; its answers come back to the picture."""

import gc
import math
import weakref

import numpy as np
import pytest
from tabletop import Box, look_at_table, rectangle_of, render_depth

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.errors import AbsenceUnsure, ObjectNotFound
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.rectangle import GraspRectangle, jaw_angle_difference
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.grasp.trained_view import TrainedView
from rt_grasp_ros.language.answer import Answer, parse_answer
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.pipeline import looking
from rt_grasp_ros.pipeline.looking import look

VIEW = TrainedView(640, 480, 659.4, 0.7, scale_within=0.12, slant_within_deg=13.0)
WIDE = Intrinsics(640.0, 640.0, 639.5, 359.5, 1280, 720)
CELL = Intrinsics(659.4, 659.4, 319.5, 239.5, 640, 480)
BLOCK = Box(0.1, 0.05, 0.4, 0.12, 0.04, 0.05)
OTHER = Box(-0.05, -0.1, 0.0, 0.06, 0.06, 0.08)
RED, BLUE, GREY = (200, 20, 20), (20, 20, 200), (120, 120, 120)


def frame_of(camera, intrinsics=WIDE, red=BLOCK, others=(OTHER,)):
    """Return a grey table with one red thing and blue ones."""
    depth_m = render_depth(intrinsics, camera, [*others, *([red] if red else [])])
    rgb = np.full((*depth_m.shape, 3), GREY, np.uint8)
    for boxes, colour in (([red] if red else [], RED), (others, BLUE)):
        for box in boxes:
            alone = render_depth(intrinsics, camera, [box])
            is_box = (alone <= depth_m + 1e-6) & (
                alone < render_depth(intrinsics, camera, []) - 1e-6
            )
            rgb[is_box] = colour
    return RgbdFrame(rgb, depth_m, intrinsics, "camera", 0)


class RedFinder:
    """Grasps what is red across its narrow side; sees nothing that is unlike the trained view."""

    def __init__(self):
        self.pictures, self.histories = [], []

    def __call__(self, image_rgb, history):
        self.pictures.append(image_rgb)
        self.histories.append(history)
        height_px, width_px = image_rgb.shape[:2]
        red = image_rgb[..., 0].astype(int) - image_rgb[..., 1] > 90
        if np.count_nonzero(red) < 50:
            return [Answer("There is nothing red.", None, 0.9)]
        rows, columns = np.nonzero(red)
        points = np.stack([columns, rows], axis=1) + 0.5
        centred = points - points.mean(axis=0)
        values, vectors = np.linalg.eigh(centred.T @ centred / len(points))
        across = vectors[:, 0]
        rectangle = GraspRectangle(
            *points.mean(axis=0),
            math.atan2(-across[1], across[0]),
            3.5 * math.sqrt(values[0]) + 15,
            30,
            width_px,
            height_px,
        )
        return [Answer("It is red.", rectangle, 0.8)]


@pytest.mark.parametrize("distance_m", [0.45, 0.7, 1.2])
@pytest.mark.parametrize("tilt_deg", [0, 30, 45])
def test_a_rectangle_comes_back_to_the_camera_s_picture(distance_m, tilt_deg):
    camera = look_at_table(distance_m, math.radians(tilt_deg), 0.0)
    model = RedFinder()
    looked = look(frame_of(camera), VIEW, (), model)
    assert [picture.shape for picture in model.pictures] == [(480, 640, 3)]
    across = BLOCK.T_table_box[:3, 1]
    middle_m = np.array([BLOCK.x_m, BLOCK.y_m, BLOCK.height_m])
    truth = rectangle_of(WIDE, camera, middle_m + np.outer([-0.03, 0.03], across))
    found = looked.answers[0].rectangle
    assert (found.image_width_px, found.image_height_px) == (1280, 720)
    millimetre_px = WIDE.fx_px / distance_m / 1000
    assert np.linalg.norm(found.centre - truth.centre) < 8 * millimetre_px
    assert jaw_angle_difference(found.theta_rad, truth.theta_rad) < math.radians(6)


def test_the_trained_view_is_given_as_it_is():
    frame = frame_of(look_at_table(0.7, math.radians(8), 0.0), CELL)
    model = RedFinder()
    looked = look(frame, VIEW, (), model)
    assert model.pictures == [frame.rgb]
    assert model.pictures[0] is frame.rgb
    assert looked.doubt == ""


def test_a_model_that_knows_no_table_gets_the_picture_as_it_is():
    frame = frame_of(look_at_table(1.0, math.radians(40), 0.0))
    model = RedFinder()
    assert look(frame, None, (), model).answers[0].rectangle.image_width_px == 1280
    assert model.pictures[0] is frame.rgb


def test_absent_only_where_all_of_the_table_was_looked_at():
    model = RedFinder()
    looked = look(frame_of(look_at_table(0.6, 0.0, 0.0), red=None), VIEW, (), model)
    assert isinstance(looked.absence(), ObjectNotFound)
    assert 2 <= len(model.pictures) <= 8
    far = look(frame_of(look_at_table(1.6, 0.0, 0.0), red=None), VIEW, (), RedFinder())
    assert isinstance(far.absence(), AbsenceUnsure)
    assert "more of the table than was looked at" in far.absence().message


def test_what_was_drawn_is_drawn_once_for_all_that_is_asked_about_a_picture():
    camera = look_at_table(0.7, math.radians(30), 0.0)
    frame, later = frame_of(camera), frame_of(camera, red=None)
    support = find_support(frame.depth_m, WIDE)
    models = RedFinder(), RedFinder(), RedFinder()
    for model, seen in zip(models, (frame, frame, later), strict=True):
        look(seen, VIEW, (), model, lambda: support, at_things_alone=True)
    first, again, other = (model.pictures[0] for model in models)
    assert first is again
    assert first is not other
    assert look(later, VIEW, (), RedFinder(), lambda: support).answers[0].rectangle is None


def test_the_bare_table_is_left_out_where_that_is_wanted():
    frame = frame_of(look_at_table(0.6, 0.0, 0.0), red=None)
    everywhere, at_things = RedFinder(), RedFinder()
    look(frame, VIEW, (), everywhere)
    looked = look(frame, VIEW, (), at_things, at_things_alone=True)
    assert looked.answers[0].rectangle is None
    assert 1 <= len(at_things.pictures) < len(everywhere.pictures)


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        (
            look_at_table(0.7, math.radians(70), 0.0),
            "from 20 degrees above it, which is too flat to tell",
        ),
        (
            look_at_table(2.7, 0.0, 0.0),
            "a pixel of the picture covers 4 mm of the table, which is too coarse to tell",
        ),
    ],
)
def test_what_was_not_trained_is_doubted_and_said(camera, words, caplog):
    absent = look(frame_of(camera, red=None), VIEW, (), RedFinder())
    assert words in absent.absence().message
    assert look(frame_of(camera), VIEW, (), RedFinder()).answers[0].rectangle is not None
    assert words in caplog.text


def test_a_thing_at_the_edge_of_the_picture_may_be_what_was_asked_for():
    cut = Box(0.0, 0.62, 0.0, 0.1, 0.14, 0.05)
    frame = frame_of(look_at_table(0.6, 0.0, 0.0), red=None, others=(OTHER, cut))
    assert "cut off" in look(frame, VIEW, (), RedFinder()).absence().message


def test_without_a_table_the_picture_is_given_and_absence_is_not_claimed():
    frame = frame_of(look_at_table(0.6, 0.0, 0.0), red=None)
    blind = RgbdFrame(frame.rgb, np.full_like(frame.depth_m, np.nan), WIDE, "camera", 0)
    model = RedFinder()
    looked = look(blind, VIEW, (), model)
    assert model.pictures[0] is blind.rgb
    assert isinstance(looked.absence(), AbsenceUnsure)


def test_what_is_seen_where_depth_shows_the_bare_table_is_not_said_to_be_absent():
    frame = frame_of(look_at_table(0.6, 0.0, 0.0), red=None)
    frame.rgb[300:340, 60:120] = RED
    looked = look(frame, VIEW, (), RedFinder())
    assert looked.answers[0].rectangle is None
    assert "bare table" in looked.absence().message


def test_of_several_views_the_best_answer_counts():
    camera = look_at_table(0.75, 0.0, 0.0)
    frame = frame_of(
        camera,
        red=Box(0.0, 0.5, 0.0, 0.1, 0.04, 0.05),
        others=(Box(0.0, -0.5, 0.0, 0.1, 0.04, 0.05),),
    )
    model = RedFinder()
    looked = look(frame, VIEW, (), model)
    assert len(model.pictures) == 2
    assert looked.answers[0].rectangle.x_px < 400


def test_earlier_turns_are_told_as_the_view_shows_them():
    camera = look_at_table(1.0, math.radians(30), 0.0)
    frame = frame_of(camera)
    first = look(frame, VIEW, (), RedFinder()).answers[0]
    model = RedFinder()
    look(frame, VIEW, [Turn("grasp it", first.to_text())], model)
    told = parse_answer(model.histories[0][0].answer, 640, 480).rectangle
    asked_again = RedFinder()
    (own,) = [asked_again(model.pictures[0], ())[0].rectangle]
    assert np.linalg.norm(told.centre - own.centre) < 3
    assert jaw_angle_difference(told.theta_rad, own.theta_rad) < math.radians(2)
    assert told.opening_px == pytest.approx(own.opening_px, abs=3)


def test_a_view_that_does_not_show_the_earlier_grasp_is_asked_without_it():
    camera = look_at_table(0.75, 0.0, 0.0)
    left, right = Box(0.0, 0.5, 0.0, 0.1, 0.04, 0.05), Box(0.0, -0.5, 0.0, 0.1, 0.04, 0.05)
    frame = frame_of(camera, red=left, others=(right,))
    first = look(frame, VIEW, (), RedFinder()).answers[0]
    model = RedFinder()
    looked = look(frame, VIEW, [Turn("grasp it", first.to_text())], model)
    assert len(model.pictures) == 1, "the view of the earlier grasp comes first and decides"
    assert len(model.histories[0]) == 1
    assert looked.answers[0].rectangle is not None


def test_what_was_drawn_of_a_frame_goes_with_it():
    frame = frame_of(look_at_table(0.7, math.radians(30), 0.0))
    look(frame, VIEW, (), RedFinder())
    (views,) = looking._VIEWS[frame].values()
    frames = weakref.ref(frame), weakref.ref(views.scene.frame)
    del frame, views
    gc.collect()
    assert [one() for one in frames] == [None, None]
