import math

import pytest
from tokenizers import Tokenizer

from rt_grasp_ros.model.decoding.grammar import AnswerGrammar
from rt_grasp_ros.model.decoding.written_answer import WrittenAnswer
from rt_grasp_ros.resources import share_path

TOKENIZER = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))
GRAMMAR = AnswerGrammar.of(TOKENIZER, TOKENIZER.get_vocab_size(), TOKENIZER.token_to_id("</s>"))


def test_words_count_and_numbers_and_what_is_forced_do_not():
    answer = WrittenAnswer()
    asked = []

    def half():
        asked.append(len(answer.token_ids))
        return math.log(0.5)

    ids = TOKENIZER.encode("mug x 0.123 y 0.456 theta 0.789 w 0.100").ids
    for token_id in ids:
        answer.append(token_id, GRAMMAR, half)
    assert answer.token_ids == ids
    assert GRAMMAR.is_closed(answer.state)
    numbers = TOKENIZER.encode("123 456").ids
    first_number = ids.index(numbers[0])
    # Words, and the beginning of ` x 0.`, at each of whose tokens other words might follow.
    assert asked == list(range(first_number))
    assert answer.score == pytest.approx(0.5 ** (len(asked) / len(ids)))


def test_nothing_written_is_certain():
    assert WrittenAnswer().score == 1.0
