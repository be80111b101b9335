import numpy as np
import pytest
from pictures import random_parts

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.data.dialogues import draw_dialogue, draw_follow_up  # noqa: E402
from rt_grasp_ros.language.vocabulary import load_vocabulary  # noqa: E402
from rt_grasp_ros.learn.build_model import build_model  # noqa: E402
from rt_grasp_ros.learn.packing import pack  # noqa: E402
from rt_grasp_ros.learn.tokenizer import train_tokenizer  # noqa: E402
from rt_grasp_ros.model.tower import GraspTowerConfig  # noqa: E402


def test_a_packed_dialogue_is_answered_as_if_it_were_alone():
    rng = np.random.default_rng(0)
    vocabulary = load_vocabulary()
    parts = random_parts(rng)
    dialogues = [draw_dialogue(parts, vocabulary, rng) for _ in range(4)]
    tokenizer = train_tokenizer([d.command + " " + d.answer for d in dialogues])
    torch.manual_seed(0)
    llava = build_model(tokenizer, GraspTowerConfig(), layers=3).eval()
    visual_tokens = 12

    def logits(batch):
        hidden = llava.model.language_model(
            inputs_embeds=llava.get_input_embeddings()(batch.ids),
            attention_mask=batch.attention_mask(),
            position_ids=batch.position_ids,
            use_cache=False,
        ).last_hidden_state
        return llava.lm_head(hidden)

    with torch.inference_mode():
        packed = pack(tokenizer, [dialogues], visual_tokens)
        together = logits(packed)
        for number, dialogue in enumerate(dialogues, start=1):
            alone = pack(tokenizer, [[dialogue]], visual_tokens)
            own = (packed.segment[0] == number) & (packed.target[0] != -100)
            expected = logits(alone)[0][alone.target[0] != -100]
            torch.testing.assert_close(together[0][own], expected, atol=1e-4, rtol=1e-4)
            torch.testing.assert_close(
                packed.target[0][own], alone.target[0][alone.target[0] != -100]
            )


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
