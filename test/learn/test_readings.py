import cv2
import numpy as np
import pytest
from pictures import bar_pictures
from test_train_tower import small_tower

pytestmark = pytest.mark.torch

from rt_grasp_ros.data.dialogues import Dialogue  # noqa: E402
from rt_grasp_ros.data.grasp_picture import GraspPicture  # noqa: E402
from rt_grasp_ros.data.recorded_views import RecordedViews  # noqa: E402
from rt_grasp_ros.grasp.rectangle import GraspRectangle  # noqa: E402
from rt_grasp_ros.language.vocabulary import load_vocabulary  # noqa: E402
from rt_grasp_ros.learn.readings import (  # noqa: E402
    RecordedReadings,
    SimulatedReadings,
    read_recorded,
)

VOCABULARY = load_vocabulary()


def bar_picture(folder):
    """A yellow bar of 40 x 12 pixels on grey, to be closed on across it."""
    image = np.full((96, 128, 3), 90, np.uint8)
    image[42:54, 44:84] = (40, 220, 250)
    cv2.imwrite(str(folder / "bar.png"), image)
    return GraspPicture(
        picture_id="1",
        object_id="1",
        object_name="bar",
        image_path=folder / "bar.png",
        depth_path=None,
        width_px=128,
        height_px=96,
        rectangles=(GraspRectangle(64, 48, np.pi / 2, 20, 10, 128, 96),),
        instructions={"name": "Grasp the bar.", "color": "Grasp the yellow object."},
    )


def test_where_a_part_is_peaks_at_its_grasp():
    pictures = bar_pictures(6)
    readings = SimulatedReadings(pictures, np.zeros((6, 48, 4), np.float16), VOCABULARY)
    for index in range(6):
        (part,) = pictures.parts(index, VOCABULARY)
        where = readings.where(index, Dialogue("a", "b", part.rectangle, part))
        assert where.sum() == pytest.approx(1)
        row, column = divmod(int(where[1:].argmax()), 8)
        assert abs((column + 0.5) * 16 - part.rectangle.x_px) <= 16
        assert abs((row + 0.5) * 16 - part.rectangle.y_px) <= 16
        refused = readings.where(index, Dialogue("a", "b", None, None))
        assert refused[0] == refused.sum() == 1


def test_recorded_views_keep_picture_and_label_together(tmp_path):
    views = RecordedViews([bar_picture(tmp_path)], [], VOCABULARY.colours)
    rng = np.random.default_rng(0)
    for _ in range(20):
        view = views.draw(rng, (128, 96))
        assert VOCABULARY.colours[view.colour] == "yellow"
        yellow = view.image_rgb[..., 0].astype(int) - view.image_rgb[..., 2]
        rows, columns = np.nonzero(yellow > 60)
        for rectangle in view.rectangles:
            if np.ptp(columns) < 100 and np.ptp(rows) < 70:  # the bar lies within the view
                assert rectangle.x_px == pytest.approx(columns.mean() + 0.5, abs=2.5)
                assert rectangle.y_px == pytest.approx(rows.mean() + 0.5, abs=2.5)


def test_recorded_readings_answer_with_a_label(tmp_path):
    views = RecordedViews([bar_picture(tmp_path)], [], VOCABULARY.colours)
    readings = read_recorded(
        small_tower(), views, VOCABULARY, 5, (128, 96), seed=0, progress=lambda done: None
    )
    assert isinstance(readings, RecordedReadings)
    assert len(readings.tokens) == len(readings.rectangles) == 5
    rng = np.random.default_rng(0)
    for index in range(5):
        dialogue = readings.draw(index, rng)
        where = readings.where(index, dialogue)
        assert where.shape == (1 + readings.tokens.shape[1],)
        assert where.sum() == pytest.approx(1)
        assert (where[0] == 1) == dialogue.is_recalled
