import re

import pytest
from recorded_pictures import answered_trials

from rt_grasp_ros.evaluate.trial_page import trial_page


@pytest.fixture
def trials(tmp_path):
    return answered_trials(tmp_path)


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
