"""Whose the table is: the model's, or that of words."""

from functools import partial

import numpy as np
import pytest
from made_table import table
from named_blocks import BLOCKS, Named

from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.grasp.trained_view import TrainedView
from rt_grasp_ros.pipeline.named_table import NamedTable, table_by_words

TRAINED = TrainedView(640, 480, 600.0, 0.7, 0.05, 5.0)


def by_words(frame, trained, named):
    table_of = partial(find_support, frame.depth_m, frame.intrinsics)
    return table_by_words(frame, trained, table_of, lambda: named)


def test_the_model_is_asked_about_what_it_was_trained_on():
    frame = table(*BLOCKS)
    far = TrainedView(640, 480, 600.0, 1.4, 0.05, 5.0)
    assert by_words(frame, None, Named()) is None, "it was trained on any picture"
    assert by_words(frame, far, None) is None, "nothing knows names"
    assert by_words(frame, TRAINED, None) is None, "nothing knows names"
    for view in (TRAINED, far):
        assert by_words(frame, view, Named(familiar=0.9)) is None, "it was trained on such things"
        assert by_words(frame, view, Named(familiar=0.45)) is None, "it may be"
        assert by_words(frame, view, Named(familiar=0.35)) is not None, "a view is not enough"


def test_an_empty_table_is_the_model_s_where_it_was_trained_to_see():
    """It may see what depth does not show."""
    far = TrainedView(640, 480, 600.0, 1.4, 0.05, 5.0)
    assert by_words(table(), TRAINED, Named()) is None
    assert by_words(table(), far, Named()) is not None


def test_a_glance_is_enough_where_all_surely_is_familiar():
    looked_at = []

    class Counting(Named):
        def familiar(self, frame, segments):
            looked_at.append(len(segments))
            return super().familiar(frame, segments)

    frame = table(*BLOCKS)
    by_words(frame, TRAINED, Counting(familiar=0.9))
    by_words(frame, TRAINED, Counting(familiar=0.5))
    assert looked_at[0] == len(BLOCKS)
    assert len(looked_at) == 3, "what is not sure is cut in other ways, too"


def test_the_likeliest_whole_thing_comes_first_and_is_no_surer_than_one():
    frame = table(*BLOCKS)
    named = NamedTable.of(frame, find_support(frame.depth_m, frame.intrinsics), Named())
    assert len(named.segments) == len(named.likely) >= len(BLOCKS)
    assert (np.diff(named.likely) <= 0.0).all()
    assert named.likely[0] == pytest.approx(1.0, abs=0.2)
    assert named.is_same.diagonal().all()
