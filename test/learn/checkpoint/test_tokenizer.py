import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import random_parts

from rt_grasp_ros.data.dialogues import draw_dialogue
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.learn.checkpoint.tokenizer import train_tokenizer
from rt_grasp_ros.model.decoding.tokens import number_token, token_id


def answers(count):
    rng = np.random.default_rng(0)
    vocabulary = load_vocabulary()
    return [draw_dialogue(random_parts(rng), vocabulary, rng).answer for _ in range(count)]


TOKENIZER = train_tokenizer(answers(300))


@given(st.text(max_size=80))
def test_any_text_survives(text):
    assert TOKENIZER.decode(TOKENIZER.encode(text).ids, skip_special_tokens=False) == text


def test_answers_survive_and_each_number_is_one_token():
    for answer in answers(50):
        encoded = TOKENIZER.encode(answer)
        assert TOKENIZER.decode(encoded.ids) == answer
        first = token_id(TOKENIZER, number_token(0))
        numbers = [i for i in encoded.ids if first <= i < first + 1000]
        assert len(numbers) == (0 if answer.endswith("No grasp.") else 4)


def test_an_unknown_token_is_named():
    with pytest.raises(ValueError, match="<nothing>"):
        token_id(TOKENIZER, "<nothing>")
