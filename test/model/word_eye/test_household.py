"""What things of a household measure, which colour they have and what they are for."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.colour_names import COLOURS
from rt_grasp_ros.model.word_eye.household import Household, load_household_words

WORDS = load_household_words()
USES = [use for uses in WORDS.purposes for use in uses]


class Letters:
    """Words are alike by the letters that they share."""

    def embeddings(self, phrases):
        counts = [[one.count(chr(k)) for k in range(97, 123)] for one in phrases]
        rows = np.array(counts, np.float32) + 1e-6
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def household():
    return Household.of(Letters())


def test_every_noun_has_three_sides_in_order_and_a_purpose():
    assert len(WORDS.nouns) == len(WORDS.sides_m) == len(WORDS.purposes) > 200
    assert all(len(sides) == 3 for sides in WORDS.sides_m)
    assert all(0.6 > a >= b >= c >= 0.005 for a, b, c in WORDS.sides_m)
    assert all(all(uses) for uses in WORDS.purposes)


def test_what_mostly_has_one_colour_is_known_by_a_name_of_the_palette():
    assert len(WORDS.colours) == len(WORDS.nouns)
    assert {colour for colours in WORDS.colours for colour in colours} <= set(COLOURS)
    assert WORDS.colours[WORDS.nouns.index("banana")] == ("yellow",)
    assert WORDS.colours[WORDS.nouns.index("mug")] == ()


def test_a_size_speaks_for_what_measures_so_and_against_what_does_not(household):
    words = Letters().embeddings(["spoon", "bowl"])
    sides_m = np.array([[0.18, 0.04, 0.02], [0.16, 0.15, 0.06]])
    as_a_spoon, as_a_bowl = household.size_logits(sides_m, words)
    assert as_a_spoon[0] > 0.5 > as_a_bowl[0]
    assert as_a_bowl[1] > 0.5 > as_a_spoon[1]


def test_how_thick_a_thing_is_speaks_too(household):
    word = Letters().embeddings(["plate"])
    flat, deep = household.size_logits(np.array([[0.24, 0.23, 0.025], [0.24, 0.23, 0.12]]), word)
    assert flat[0] > deep[0] + 1.0


def test_a_colour_speaks_for_what_mostly_has_it_and_against_what_does_not(household):
    words = Letters().embeddings(["banana", "mug"])
    fits = np.zeros((2, len(COLOURS)))
    fits[0, COLOURS.index("yellow")] = fits[1, COLOURS.index("blue")] = 1.0
    yellow, blue = household.colour_logits(fits, words)
    assert yellow[0] > 0.5
    assert blue[0] < -1.0
    assert abs(yellow[1]) < 0.3


def test_size_and_colour_say_nothing_of_a_word_that_is_like_none(household):
    nothing = np.zeros((1, 26), np.float32)
    assert household.size_logits(np.array([[0.1, 0.1, 0.1]]), nothing).tolist() == [[0.0]]
    assert household.colour_logits(np.zeros((1, len(COLOURS))), nothing).tolist() == [[0.0]]


def test_the_worst_size_speaks_against_a_name_to_a_bound(household):
    word = Letters().embeddings(["pen"])
    assert household.size_logits(np.array([[0.5, 0.5, 0.5]]), word).tolist() == [[-3.0]]


def test_a_purpose_leads_to_what_serves_it(household):
    meaning = Letters().embeddings(["driving nails"])[0]
    best, against = household.nouns_for(meaning)
    assert WORDS.nouns[best[0]] == "hammer"
    assert against[0] == 0.0
    assert (np.diff(against) <= 0).all()


def test_meanings_of_another_list_are_noticed(household):
    assert household.is_of_list
    assert not Household(household.nouns[1:], household.purposes).is_of_list
