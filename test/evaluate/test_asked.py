import math

import numpy as np
import pytest
from labels import part_label

from rt_grasp_ros.evaluate.asked import CHANGES_PER_GRASP, draw_changes, draw_redirections
from rt_grasp_ros.evaluate.commands import Phrasing
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.refinement import is_obeyed, load_follow_ups

pytestmark = pytest.mark.sim

BEFORE = GraspRectangle(320.0, 240.0, 0.3, 40.0, 20.0, 640, 480)
LABELS = [
    part_label("mug", "handle", part_id=1),
    part_label("mug", "rim", default=False, part_id=2),
    part_label("apple", "body", index=1, part_id=3),
]


def changes(is_grasp=lambda rectangle: True, phrasing=Phrasing.TRAINED, before=BEFORE, seed=0):
    return list(draw_changes(before, is_grasp, phrasing, np.random.default_rng(seed)))


def test_a_change_is_asked_in_its_words_and_obeyed_by_what_is_wanted():
    for seed in range(10):
        drawn = changes(seed=seed)
        assert len({asked.kind for asked in drawn}) == CHANGES_PER_GRASP
        for asked in drawn:
            assert asked.text in load_follow_ups().refinements[asked.kind].phrases
            assert is_obeyed(asked.refinement, BEFORE, asked.wanted)


def test_unseen_phrasings_are_those_that_training_never_draws():
    for asked in changes(phrasing=Phrasing.UNSEEN):
        assert asked.text in load_follow_ups().refinements[asked.kind].unseen


def test_only_changes_that_leave_a_grasp_are_asked_for():
    turned = changes(lambda rectangle: abs(rectangle.theta_rad - BEFORE.theta_rad) > 1e-6)
    assert {"turn" in asked.kind for asked in turned} == {True}
    assert changes(lambda rectangle: False) == []


def test_a_move_out_of_the_picture_is_not_asked_for():
    corner = GraspRectangle(0.0, 0.0, math.pi / 4, 40.0, 20.0, 640, 480)
    kinds = {asked.kind for seed in range(20) for asked in changes(before=corner, seed=seed)}
    assert not kinds & {"move_left", "move_left_bit", "move_up", "move_up_bit"}
    assert {"move_right", "move_down"} <= kinds


def test_redirections_mean_other_labels():
    asked = {
        one.kind: one
        for one in draw_redirections(LABELS, LABELS[0], Phrasing.TRAINED, np.random.default_rng(0))
    }
    assert asked["other_part"].part_ids == (2,)
    assert asked["named_part"].part_ids == (2,)
    assert "rim" in asked["named_part"].text
    assert asked["other_object"].part_ids == (3,)
    assert "apple" in asked["other_object"].text


def test_a_lone_object_of_one_part_has_no_redirection():
    lone = [part_label("apple", "body")]
    rng = np.random.default_rng(0)
    assert list(draw_redirections(lone, lone[0], Phrasing.TRAINED, rng)) == []
