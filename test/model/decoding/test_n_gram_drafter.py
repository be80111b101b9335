from tokenizers import Tokenizer

from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.model.decoding.n_gram_drafter import MAX_GUESSES, NGramDrafter
from rt_grasp_ros.resources import share_path

TINY = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))


def test_what_always_followed_is_guessed():
    book = NGramDrafter()
    book.learn([1, 2, 3, 4, 5])
    assert book.draft([9, 1, 2]) == [3, 4, 5]
    assert book.draft([1]) == []
    assert book.draft([7, 8]) == []


def test_nothing_is_guessed_where_phrasings_part():
    book = NGramDrafter()
    for last in (4, 5, 6):
        book.learn([1, 2, 3, last])
    assert book.draft([1, 2]) == [3]


def test_a_longer_context_decides():
    book = NGramDrafter()
    for _ in range(9):
        book.learn([1, 2, 3, 4])
    book.learn([7, 2, 3, 5])
    assert book.draft([1, 2, 3]) == [4]
    assert book.draft([7, 2, 3]) == [5]
    assert book.draft([2, 3]) == [4]


def test_guesses_are_bounded():
    book = NGramDrafter()
    book.learn([1, 2, 1, 2, 1, 2, 1, 2])
    assert len(book.draft([1, 2])) == MAX_GUESSES


def test_templates_are_known():
    book = NGramDrafter.of_templates(TINY, load_vocabulary())
    begun = TINY.encode("I do not see").ids
    assert TINY.decode([*begun, *book.draft(begun)]).startswith("I do not see a")
