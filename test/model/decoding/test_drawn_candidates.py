import math

import pytest
from tokenizers import Tokenizer

from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.model.decoding.drawn_candidates import DrawnNumbers, draw_candidates
from rt_grasp_ros.resources import share_path

TOKENIZER = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))
SIZE_PX = (640, 480)
WORDS = TOKENIZER.encode("The mug lies on the left. x 0.", add_special_tokens=False).ids
BEST = parse_answer("The mug lies on the left. x 0.100 y 0.200 theta 0.300 w 0.050", *SIZE_PX, 0.8)


def drawn(x, lost=0.4):
    text = f"The mug lies on the left. x 0.{x} y 0.200 theta 0.300 w 0.050"
    ids = TOKENIZER.encode(text, add_special_tokens=False).ids
    assert ids[: len(WORDS)] == WORDS
    return DrawnNumbers(ids[len(WORDS) :], lost)


def candidates(rounds, wanted):
    return draw_candidates(BEST, WORDS, rounds, TOKENIZER, SIZE_PX, wanted)


def test_the_best_comes_first_and_the_others_by_how_likely_they_are_beside_it():
    first, second, third = candidates([[drawn("700", 0.8), drawn("400", 0.4)]], 3)
    assert first is BEST
    assert second.rectangle.x_px == pytest.approx(0.4 * 640)
    assert second.score == pytest.approx(0.8 * math.exp(-0.1))
    assert third.score == pytest.approx(0.8 * math.exp(-0.2))
    assert second.reasoning == third.reasoning == BEST.reasoning


def test_no_more_is_drawn_than_is_needed():
    asked = []

    def rounds():
        for x in ("400", "700", "900"):
            asked.append(x)
            yield [drawn(x)]

    assert len(candidates(rounds(), 3)) == 3
    assert asked == ["400", "700"]


def test_drawing_ends_where_chance_names_the_same_grasp_again_and_again():
    asked = []

    def rounds():
        while True:
            asked.append(1)
            yield [drawn("101"), drawn("102")]

    assert candidates(rounds(), 3) == [BEST]
    assert len(asked) == 3  # two each, until more than six were looked at beside the best
