import pytest
from recorded_pictures import answered_trials

from rt_grasp_ros.evaluate.contact_sheet import contact_sheet
from rt_grasp_ros.evaluate.shown_trials import select_trials


@pytest.fixture
def trials(tmp_path):
    return answered_trials(tmp_path)


def test_the_sheet_frames_hits_in_green_and_misses_in_red(trials):
    sheet = contact_sheet(select_trials(trials)).astype(int)
    assert sheet.shape == (400, 1600, 3)
    first, ninth = sheet[6, 100], sheet[206, 100]
    assert first[0] > 150 > first[1]
    assert ninth[1] > 150 > ninth[0]
