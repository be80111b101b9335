import numpy as np

from rt_grasp_ros.data.unknown_nouns import MADE_UP_SHARE, draw_unknown_noun
from rt_grasp_ros.language.unseen_commands import load_unseen_commands
from rt_grasp_ros.language.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()


def drawn(count):
    rng = np.random.default_rng(0)
    return [draw_unknown_noun(rng) for _ in range(count)]


def test_no_noun_is_one_of_the_objects():
    known = {name for words in VOCABULARY.objects.values() for name in words.names}
    assert not known & set(drawn(20_000))


def test_no_noun_is_one_that_the_evaluation_asks_for():
    unseen = load_unseen_commands()
    held_out = {name for words in unseen.objects.values() for name in words.names}
    assert not {*held_out, *unseen.absent_nouns} & set(drawn(20_000))


def test_most_are_made_up_and_few_come_twice():
    made_up = [noun for noun in drawn(2000) if noun not in VOCABULARY.absent_nouns]
    assert abs(len(made_up) / 2000 - MADE_UP_SHARE) < 0.05
    assert len(set(made_up)) > 0.9 * len(made_up)
    assert all(noun.isalpha() and len(noun) > 3 for noun in made_up)
