import numpy as np
import pytest
from pictures import random_parts

pytestmark = pytest.mark.torch

from rt_grasp_ros.data.dialogues import draw_dialogue  # noqa: E402
from rt_grasp_ros.data.follow_ups import draw_follow_up  # noqa: E402
from rt_grasp_ros.language.vocabulary import load_vocabulary  # noqa: E402
from rt_grasp_ros.learn.checkpoint.tokenizer import train_tokenizer  # noqa: E402
from rt_grasp_ros.learn.embedded.packing import pack  # noqa: E402


def test_numbers_of_a_follow_up_point_to_the_earlier_ones():
    rng = np.random.default_rng(3)
    vocabulary = load_vocabulary()
    follow_ups = []
    while len(follow_ups) < 5:
        parts = random_parts(rng)
        first = draw_dialogue(parts, vocabulary, rng)
        if first.rectangle is not None:
            follow_ups.append(draw_follow_up(first, parts, vocabulary, rng))
    tokenizer = train_tokenizer(
        [d.command + " " + d.answer + " " + d.history[0].answer for d in follow_ups]
    )
    batch = pack(tokenizer, [follow_ups], 12)
    for number, dialogue in enumerate(follow_ups, start=1):
        own = batch.segment[0] == number
        recalled = batch.recall[0][own & (batch.recall[0] >= 0)]
        if not dialogue.is_recalled:
            assert len(recalled) == 0
            continue
        earlier = [f"0.{tokenizer.decode([token])}" for token in batch.ids[0][recalled].tolist()]
        assert earlier == dialogue.history[0].answer.split()[-7::2]
