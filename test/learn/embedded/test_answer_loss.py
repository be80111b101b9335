import pytest

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.learn.checkpoint.tokenizer import train_tokenizer  # noqa: E402
from rt_grasp_ros.learn.embedded.answer_loss import AnswerLoss  # noqa: E402
from rt_grasp_ros.model.decoding.tokens import number_token, token_id  # noqa: E402

TOKENIZER = train_tokenizer(["the banana lies in the middle x y theta w"])


def number_loss(said: int, truth: int) -> float:
    """Loss of a model that is sure of one number."""
    logits = torch.zeros(2, TOKENIZER.get_vocab_size())
    first = token_id(TOKENIZER, number_token(0))
    steps = torch.arange(1000)
    distance = torch.minimum((steps - said).abs(), 1000 - (steps - said).abs()).float()
    logits[0, first : first + 1000] = -0.5 * (distance / 4) ** 2
    logits[0, :first] = -100
    logits[0, first + 1000 :] = -100
    word = token_id(TOKENIZER, "b")
    return AnswerLoss(TOKENIZER)(logits, torch.tensor([first + truth, word]))["numbers"].item()


def test_the_right_number_costs_nothing_and_a_near_one_little():
    assert number_loss(500, 500) == pytest.approx(0, abs=1e-3)
    assert 0 < number_loss(502, 500) < number_loss(510, 500) < number_loss(600, 500)


def test_angles_wrap_around():
    assert number_loss(2, 998) == pytest.approx(number_loss(504, 500), rel=1e-3)
