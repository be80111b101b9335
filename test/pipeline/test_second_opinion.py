"""What the embedded model does not see, or mistakes, the word eye finds where it is sure."""

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
from rt_grasp_ros.pipeline.second_opinion import SecondOpinion

CARROT, OTHER = (150, 200), (480, 320)
BLOCKS = ((*CARROT, RED, 40, 0.04), (*OTHER, BLUE, 44, 0.05))
VIEW = TrainedView(640, 480, 600.0, 0.7, scale_within=0.12, slant_within_deg=13.0)
SLANTED = TrainedView(640, 480, 600.0, 1.4, scale_within=0.05, slant_within_deg=5.0)
"""As if the model had been trained from farther above: it is shown drawn views."""
NOTHING = Looked([Answer("There is none.", None, 0.9)], "")


class Likely:
    """Thinks that a thing lies at its place, as likely as told; all looks a bit like a wrench."""

    def __init__(self, likely, noun="carrot"):
        self.likely, self.noun = likely, noun

    def fits(self, frame, segments, phrases):
        return np.array([[self._fit(one, phrase) for phrase in phrases] for one in segments])

    def _fit(self, segment, phrase):
        if phrase == "wrench":
            return 0.4
        return self.likely if phrase == self.noun and segment.mask[CARROT[::-1]] else 0.01

    def familiar(self, frame, segments):
        return np.ones(len(segments))


def found(
    sentence="grasp the carrot",
    likely=0.9,
    trained=VIEW,
    ask=lambda words: NOTHING,
    noun="carrot",
    looked=NOTHING,
):
    frame = table(*BLOCKS)
    opinion = SecondOpinion(
        frame,
        trained,
        partial(find_support, frame.depth_m, frame.intrinsics),
        lambda: None if likely is None else Likely(likely, noun),
        Gripper(),
        ask,
    )
    return opinion.on(parse_request(sentence), looked, 4)


def test_an_unknown_name_is_found_and_told_in_our_words():
    answer = found().answers[0]
    assert (answer.rectangle.x_px, answer.rectangle.y_px) == pytest.approx(CARROT, abs=15)
    assert answer.reasoning.startswith("The carrot lies ")


@pytest.mark.parametrize(
    ("likely", "as_trained", "elsewhere"), [(0.49, 0, 0), (0.51, 1, 0), (0.72, 1, 0), (0.74, 1, 1)]
)
def test_it_has_to_fit_and_well_where_the_view_is_drawn(likely, as_trained, elsewhere):
    assert (found(likely=likely) is not None) == as_trained
    assert (found(likely=likely, trained=SLANTED) is not None) == elsewhere


@pytest.mark.parametrize(
    "sentence",
    ["grasp the round object", "grasp the red one", "a bit to the left"],
)
def test_what_the_model_was_taught_is_the_model_s(sentence):
    assert found(sentence) is None


@pytest.mark.parametrize(("likely", "is_found"), [(0.92, False), (0.93, True)])
def test_a_name_that_the_model_was_taught_has_to_fit_better(likely, is_found):
    assert (found("grasp the mug", likely, noun="mug") is not None) is is_found


def test_a_taught_name_is_not_taken_for_what_has_any_other_one():
    asked = []

    def sees(name):
        def ask(words):
            asked.append(words)
            return Looked([answer_at(*map(float, CARROT))], "") if name in words else NOTHING

        return ask

    for other in ("spoon", "hammer", "bowl"):
        assert found("grasp the mug", 0.99, noun="mug", ask=sees(other)) is None
    asked.clear()
    assert found("grasp the mug", 0.99, noun="mug", ask=sees("mug")) is not None
    assert len(asked) == len(set(asked)) == 17, "all that was taught but mugs"
    assert asked[0] == "grasp the wrench", "the likeliest first"


def test_a_taught_thing_with_something_excluded_is_the_model_s():
    assert found("grasp the mug, but not by the handle", 0.99, noun="mug") is None


def test_what_the_model_knows_by_another_name_is_not_taken():
    asked = []

    def sees_wrench(words):
        asked.append(words)
        return Looked([answer_at(*map(float, CARROT))], "") if "wrench" in words else NOTHING

    assert found(ask=sees_wrench) is None
    assert asked == ["grasp the wrench"]


def test_all_that_fits_is_asked_for_beside_an_unknown_name(monkeypatch):
    asked = []

    def ask(words):
        asked.append(words)
        return NOTHING

    monkeypatch.setattr(Likely, "_fit", lambda self, one, phrase: 0.9)
    assert found(ask=ask) is not None
    assert len(asked) == len(set(asked)) == 18


@pytest.mark.parametrize(("likely", "is_asked"), [(0.92, True), (0.94, False)])
def test_a_name_that_fits_much_worse_than_an_unknown_one_is_not_asked_for(likely, is_asked):
    # 0.4, or -0.4 in logits, for a wrench: 0.93 is 3 more.
    asked = []

    def ask(words):
        asked.append(words)
        return Looked([answer_at(*CARROT)], "")

    assert (found(ask=ask, likely=likely) is None) is is_asked
    assert asked == ["grasp the wrench"] * is_asked


def test_what_the_model_sees_elsewhere_does_not_matter():
    assert found(ask=lambda words: Looked([answer_at(*map(float, OTHER))], "")) is not None


def test_without_a_word_eye_and_for_models_of_more_words_nothing_is_found():
    assert found(likely=None) is None
    assert found(trained=None) is None


def takes(place):
    return Looked([answer_at(*map(float, place))], "")


@pytest.mark.parametrize(
    ("likely", "elsewhere", "is_followed"),
    [(0.99, 0.01, True), (0.92, 0.01, False), (0.96, 0.5, True), (0.96, 0.6, False)],
)
def test_another_thing_that_fits_much_better_is_taken(likely, elsewhere, is_followed):
    """It has to fit surely, and better by 3 logits than the one that the model takes."""

    class Both(Likely):
        def _fit(self, segment, phrase):
            if phrase == "mug" and segment.mask[OTHER[::-1]]:
                return elsewhere
            return super()._fit(segment, phrase)

    frame = table(*BLOCKS)
    table_of = partial(find_support, frame.depth_m, frame.intrinsics)
    opinion = SecondOpinion(
        frame, SLANTED, table_of, lambda: Both(likely, "mug"), Gripper(), lambda words: NOTHING
    )
    answer = opinion.on(parse_request("grasp the mug"), takes(OTHER), 4)
    assert (answer is not None) is is_followed
    if answer is not None:
        place = answer.answers[0].rectangle
        assert (place.x_px, place.y_px) == pytest.approx(CARROT, abs=15)


def test_what_the_model_takes_is_left_where_it_sees_the_other_thing_by_another_name():
    mistaken = {"sentence": "grasp the mug", "likely": 0.99, "noun": "mug", "looked": takes(OTHER)}
    assert found(**mistaken, trained=SLANTED) is not None
    knows = lambda words: takes(CARROT) if "spoon" in words else NOTHING  # noqa: E731
    assert found(**mistaken, trained=SLANTED, ask=knows) is None
    assert found(**{**mistaken, "looked": takes(CARROT)}, trained=SLANTED) is None, "the same thing"
    assert found(**mistaken) is None, "it sees the table as it was trained to"


@pytest.mark.parametrize("words", ["the leftmost mug", "the red mug", "the mug, not the bowl"])
def test_which_one_the_model_takes_is_left_where_more_is_said_than_a_name(words):
    mistaken = {"likely": 0.99, "noun": "mug", "looked": takes(OTHER), "trained": SLANTED}
    assert found(f"grasp {words}", **mistaken) is None


def test_a_name_that_was_not_taught_is_the_model_s_where_it_sees_it():
    assert found(likely=0.99, looked=takes(OTHER), trained=SLANTED) is None
