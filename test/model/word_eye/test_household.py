"""What things of a household measure and are for."""

import numpy as np
import pytest

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


def test_every_noun_has_sides_in_order_and_a_purpose():
    assert len(WORDS.nouns) == len(WORDS.sides_m) == len(WORDS.purposes) > 200
    assert all(0.6 > long_m >= broad_m >= 0.005 for long_m, broad_m in WORDS.sides_m)
    assert all(all(uses) for uses in WORDS.purposes)


def test_a_size_speaks_for_what_measures_so_and_against_what_does_not(household):
    words = Letters().embeddings(["spoon", "bowl"])
    as_a_spoon, as_a_bowl = household.size_logits(np.array([[0.18, 0.04], [0.16, 0.15]]), words)
    assert as_a_spoon[0] > 0.5 > as_a_bowl[0]
    assert as_a_bowl[1] > 0.5 > as_a_spoon[1]


def test_a_size_says_nothing_of_a_word_that_is_like_none(household):
    nothing = np.zeros((1, 26), np.float32)
    assert household.size_logits(np.array([[0.1, 0.1]]), nothing).tolist() == [[0.0]]


def test_the_worst_size_speaks_against_a_name_to_a_bound(household):
    word = Letters().embeddings(["pen"])
    assert household.size_logits(np.array([[0.5, 0.5]]), word).tolist() == [[-3.0]]


def test_a_purpose_leads_to_what_serves_it(household):
    meaning = Letters().embeddings(["driving nails"])[0]
    best, against = household.nouns_for(meaning)
    assert WORDS.nouns[best[0]] == "hammer"
    assert against[0] == 0.0
    assert (np.diff(against) <= 0).all()


def test_meanings_of_another_list_are_noticed(household):
    assert household.is_of_list
    assert not Household(household.nouns[1:], household.purposes).is_of_list
