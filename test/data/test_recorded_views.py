import numpy as np
import pytest
from pictures import bar_picture

from rt_grasp_ros.data.recorded_views import RecordedViews
from rt_grasp_ros.language.vocabulary import load_vocabulary

COLOURS = load_vocabulary().colours


@pytest.fixture
def yellow_crop(tmp_path):
    return bar_picture(tmp_path)


@pytest.fixture
def blue_frame(tmp_path):
    instructions = {"color": "Grasp the blue object."}
    return bar_picture(tmp_path, "frame", (220, 60, 20), instructions)


def places(view, channel):
    """Return rows and columns where a view is red (0) or blue (2) far more than the other."""
    other = 2 - channel
    excess = view.image_rgb[..., channel].astype(int) - view.image_rgb[..., other]
    return np.nonzero(excess > 60)


def test_picture_and_label_stay_together(yellow_crop):
    views = RecordedViews([yellow_crop], [], COLOURS)
    rng = np.random.default_rng(0)
    for _ in range(20):
        view = views.draw(rng, (128, 96))
        assert COLOURS[view.colour] == "yellow"
        rows, columns = places(view, 0)
        for rectangle in view.rectangles:
            if np.ptp(columns) < 100 and np.ptp(rows) < 70:  # the bar lies within the view
                assert rectangle.x_px == pytest.approx(columns.mean() + 0.5, abs=2.5)
                assert rectangle.y_px == pytest.approx(rows.mean() + 0.5, abs=2.5)


def test_what_is_said_is_of_the_thing_that_is_shown(yellow_crop, blue_frame):
    """Also in a whole frame in which a crop's thing has taken the place of its own."""
    views = RecordedViews([yellow_crop], [blue_frame], COLOURS)
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(60):
        view = views.draw(rng, (128, 96))
        (blue, yellow) = (len(places(view, channel)[0]) for channel in (2, 0))
        assert min(blue, yellow) == 0 < max(blue, yellow)
        assert COLOURS[view.colour] == ("blue" if blue else "yellow")
        seen.add((COLOURS[view.colour], "name" in view.instructions))
    assert seen == {("blue", False), ("yellow", True)}
