import re

import cv2
import numpy as np
import pytest
from recorded_pictures import LabelPredictor, random_labels, write_cornell

from rt_grasp_ros.evaluate.contact_sheet import contact_sheet
from rt_grasp_ros.evaluate.picture_source import cornell_source
from rt_grasp_ros.evaluate.picture_trial import run_trials
from rt_grasp_ros.evaluate.shown_trials import SHOWN_OF_EACH, draw_trial, select_trials
from rt_grasp_ros.evaluate.trial_page import trial_page


@pytest.fixture
def trials(tmp_path):
    write_cornell(tmp_path, "val", random_labels(10))
    pictures = cornell_source(tmp_path, "val", "crops").pictures
    return list(run_trials(pictures, "name", LabelPredictor(pen="garbled")))


def test_the_page_shows_every_trial_and_needs_no_other_file(trials):
    page = trial_page("a & b", {"n": 10, "rate": 0.123456, "rows": [1]}, trials)
    assert "<h1>a &amp; b</h1>" in page
    assert "Misses (4 shown)" in page
    assert "Hits (6 shown)" in page
    assert "0.1235" in page
    sources = re.findall(r'src="([^"]*)"', page)
    assert len(sources) == 10
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)
    assert "http" not in page


def test_what_a_model_writes_is_no_markup(trials):
    object.__setattr__(trials[0], "text", "<script>alert(1)</script>")
    assert "<script>" not in trial_page("t", {}, trials)


def test_labels_are_green_and_predictions_red(trials):
    missed, hit = (next(t for t in trials if t.is_hit == wanted) for wanted in (False, True))
    drawn, bare = draw_trial(hit).astype(int), draw_trial(missed).astype(int)

    def is_red(rgb):
        return (rgb[..., 0] > 200) & (rgb[..., 1] < 100)

    def is_green(rgb):
        return (rgb[..., 1] > rgb[..., 0] + 80) & (rgb[..., 1] > rgb[..., 2] + 80)

    assert is_red(drawn).sum() > 50
    assert is_red(bare).sum() == 0
    assert is_green(bare).sum() > 50


def test_the_sheet_frames_hits_in_green_and_misses_in_red(trials):
    sheet = contact_sheet(select_trials(trials)).astype(int)
    assert sheet.shape == (400, 1600, 3)
    first, ninth = sheet[6, 100], sheet[206, 100]
    assert first[0] > 150 > first[1]
    assert ninth[1] > 150 > ninth[0]
    ok, _ = cv2.imencode(".png", sheet.astype(np.uint8))
    assert ok


def test_misses_come_first_and_many_are_thinned_evenly(trials):
    shown = select_trials(trials * 40)
    assert [trial.is_hit for trial in shown] == [False] * SHOWN_OF_EACH + [True] * SHOWN_OF_EACH
    assert select_trials(trials[:1]) == trials[:1]
