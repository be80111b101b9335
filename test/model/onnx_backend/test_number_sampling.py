import math

import numpy as np
import pytest
from tokenizers import Tokenizer

from rt_grasp_ros.model.decoding.grammar import START, AnswerGrammar
from rt_grasp_ros.model.onnx_backend.number_sampling import draw_numbers
from rt_grasp_ros.resources import share_path

TINY = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))
SIZE = TINY.get_vocab_size()
GRAMMAR = AnswerGrammar.of(TINY, SIZE, TINY.token_to_id("</s>"))
DRAWS = 400


class FixedReading:
    """Whatever it reads, it thinks that 200 and 700 are equally likely and 300 a little."""

    logits = np.full(SIZE, -30.0, np.float32)
    for number, share in ((200, 0.45), (700, 0.45), (300, 0.1)):
        logits[TINY.token_to_id(f"{number}")] = math.log(share)

    def append(self, token_ids):
        return self.logits[None]


@pytest.fixture(scope="module")
def drawn():
    state = GRAMMAR.state_after(TINY.encode(" x 0.").ids)
    prefix, random = FixedReading(), np.random.default_rng(0)
    return [draw_numbers(prefix, prefix.logits, GRAMMAR, state, random) for _ in range(DRAWS)]


def test_every_ending_can_be_read(drawn):
    texts = {TINY.decode(ids) for ids in (ending.token_ids for ending in drawn)}
    assert len(texts) > 40
    for text in texts:
        assert text.count("0.") == 3  # before y, theta and w
        ids = TINY.encode(f" x 0.{text}").ids
        assert GRAMMAR.tokens_needed[GRAMMAR.state_after(ids)] == 0


def test_numbers_come_as_often_as_they_are_likely(drawn):
    first = [TINY.decode([ids[0]]) for ids in (ending.token_ids for ending in drawn)]
    for number, share in (("200", 0.45), ("700", 0.45), ("300", 0.1)):
        assert first.count(number) / DRAWS == pytest.approx(share, abs=0.07)


def test_what_is_lost_is_counted(drawn):
    rare = [TINY.decode(ids).count("300") for ids in (ending.token_ids for ending in drawn)]
    np.testing.assert_allclose(
        [ending.log_prob_lost for ending in drawn], np.array(rare) * math.log(4.5), atol=1e-4
    )


def test_the_grammar_starts_before_the_words():
    assert GRAMMAR.before_numbers(TINY.encode(" x 0.123").ids)[0] == 2
    with pytest.raises(ValueError, match="no number"):
        GRAMMAR.before_numbers([START])
