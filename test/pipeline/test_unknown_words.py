"""What the embedded model has no name for is found by the word eye, where that is sure."""

from functools import partial

import numpy as np
import pytest
from made_table import BLUE, RED, answer_at, table

from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.grasp.trained_view import TrainedView
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.looking import Looked
from rt_grasp_ros.pipeline.unknown_words import found_by_words

CARROT, OTHER = (150, 200), (480, 320)
BLOCKS = ((*CARROT, RED, 40, 0.04), (*OTHER, BLUE, 44, 0.05))
VIEW = TrainedView(640, 480, 600.0, 0.7, scale_within=0.12, slant_within_deg=13.0)
NOTHING = Looked([Answer("There is none.", None, 0.9)], "")


class Likely:
    """Thinks that a carrot lies at its place, as likely as told; all looks a bit like a wrench."""

    def __init__(self, likely):
        self.likely = likely

    def fits(self, frame, segments, phrases):
        return np.array([[self._fit(one, phrase) for phrase in phrases] for one in segments])

    def _fit(self, segment, phrase):
        if phrase == "wrench":
            return 0.4
        return self.likely if phrase == "carrot" and segment.mask[CARROT[::-1]] else 0.01

    def familiar(self, frame, segments):
        return np.ones(len(segments))


def found(sentence="grasp the carrot", likely=0.9, trained=VIEW, ask=lambda words: NOTHING):
    frame = table(*BLOCKS)
    return found_by_words(
        parse_request(sentence),
        frame,
        trained,
        partial(find_support, frame.depth_m, frame.intrinsics),
        lambda: None if likely is None else Likely(likely),
        Gripper(),
        4,
        ask,
    )


def test_an_unknown_name_is_found_and_told_in_our_words():
    answer = found().answers[0]
    assert (answer.rectangle.x_px, answer.rectangle.y_px) == pytest.approx(CARROT, abs=15)
    assert answer.reasoning.startswith("The carrot lies ")


@pytest.mark.parametrize(("likely", "is_found"), [(0.70, False), (0.76, True)])
def test_it_has_to_fit_well(likely, is_found):
    assert (found(likely=likely) is not None) is is_found


@pytest.mark.parametrize(
    "sentence",
    ["grasp the mug", "grasp the round object", "grasp the red one", "a bit to the left"],
)
def test_what_the_model_was_taught_is_the_model_s(sentence):
    assert found(sentence) is None


def test_what_the_model_knows_by_another_name_is_not_taken():
    asked = []

    def sees_wrench(words):
        asked.append(words)
        return Looked([answer_at(*map(float, CARROT))], "") if "wrench" in words else NOTHING

    assert found(ask=sees_wrench) is None
    assert asked[0] == "grasp the wrench"
    assert len(asked) == 3


def test_what_the_model_sees_elsewhere_does_not_matter():
    assert found(ask=lambda words: Looked([answer_at(*map(float, OTHER))], "")) is not None


def test_without_a_word_eye_and_for_models_of_more_words_nothing_is_found():
    assert found(likely=None) is None
    assert found(trained=None) is None
