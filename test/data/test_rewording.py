import re
from dataclasses import asdict

import numpy as np
import pytest

from rt_grasp_ros.data.rewording import new_word, reword, with_article
from rt_grasp_ros.language.refinement import load_follow_ups
from rt_grasp_ros.language.unseen_commands import load_unseen_commands
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.language.wordings import load_wordings


@pytest.mark.parametrize(
    ("said", "correct"),
    [
        ("grasp a apple", "grasp an apple"),
        ("There is no orange mug.", "There is no orange mug."),
        ("I do not see a orange here.", "I do not see an orange here."),
        ("banana apple", "banana apple"),
    ],
)
def test_articles(said, correct):
    assert with_article(said) == correct


def test_what_is_named_stays():
    rng = np.random.default_rng(0)
    seen = {reword("pick up the blue mug by its handle", rng) for _ in range(300)}
    assert len(seen) > 100
    assert all("the blue mug by its handle" in command for command in seen)


def test_some_words_are_made_up():
    rng = np.random.default_rng(1)
    made_up = {new_word(rng) for _ in range(200)}
    assert len(made_up) > 150
    assert all(word.isalpha() and 2 <= len(word) <= 10 for word in made_up)
    known = " ".join(word for words in asdict(load_wordings()).values() for word in words)
    said = [reword("grasp the mug", rng).split() for _ in range(400)]
    new = [words for words in said if set(words) - {"grasp", "the", "mug"} - set(known.split())]
    assert 10 < len(new) < 150


def test_the_longest_verb_is_replaced():
    assert load_wordings().leading_verb("pick up the mug") == "pick up"
    assert load_wordings().leading_verb("the mug") is None


def test_words_that_are_tried_out_unseen_are_not_added():
    vocabulary, follow_ups = load_vocabulary(), load_follow_ups()
    kinds = ("whole", "part", "colour", "shape", "purpose")
    said = [text for kind in kinds for text in getattr(vocabulary, f"{kind}_commands")]
    unseen = [text for texts in load_unseen_commands().templates.values() for text in texts]
    for entry in (*follow_ups.refinements.values(), *follow_ups.redirections.values()):
        unseen += entry.unseen

    def is_in(words: str, texts: list[str]) -> bool:
        return any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) for text in texts)

    for lists in asdict(load_wordings()).values():
        added = [words.rstrip(",:") for words in lists]
        assert [w for w in added if is_in(w, unseen) and not is_in(w, said)] == []
