import pytest
from recorded_pictures import answered_trials

from rt_grasp_ros.evaluate.shown_trials import SHOWN_OF_EACH, draw_trial, select_trials


@pytest.fixture
def trials(tmp_path):
    return answered_trials(tmp_path)


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


def test_misses_come_first_and_many_are_thinned_evenly(trials):
    shown = select_trials(trials * 40)
    assert [trial.is_hit for trial in shown] == [False] * SHOWN_OF_EACH + [True] * SHOWN_OF_EACH
    assert select_trials(trials[:1]) == trials[:1]
