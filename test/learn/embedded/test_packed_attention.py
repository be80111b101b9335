import numpy as np
import pytest
from pictures import random_parts

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.data.dialogues import Dialogue, draw_dialogue  # noqa: E402
from rt_grasp_ros.data.follow_ups import draw_follow_up  # noqa: E402
from rt_grasp_ros.language.vocabulary import load_vocabulary  # noqa: E402
from rt_grasp_ros.learn.checkpoint.tokenizer import train_tokenizer  # noqa: E402
from rt_grasp_ros.learn.embedded.build_model import build_model  # noqa: E402
from rt_grasp_ros.learn.embedded.packed_attention import PackedLayout, packed_attention_in  # noqa: E402
from rt_grasp_ros.learn.embedded.packing import pack  # noqa: E402
from rt_grasp_ros.model.torch_backend.vision_tower import GraspTowerConfig  # noqa: E402

VISUAL_TOKENS = 12


def some_dialogues(count: int) -> list[Dialogue]:
    rng = np.random.default_rng(0)
    vocabulary = load_vocabulary()
    parts = random_parts(rng)
    dialogues = [draw_dialogue(parts, vocabulary, rng) for _ in range(count)]
    dialogues[::3] = [draw_follow_up(each, parts, vocabulary, rng) for each in dialogues[::3]]
    return dialogues


def test_a_packed_dialogue_is_answered_as_if_it_were_alone():
    dialogues = some_dialogues(9)
    tokenizer = train_tokenizer([d.command + " " + d.answer for d in dialogues])
    torch.manual_seed(0)
    llava = build_model(tokenizer, GraspTowerConfig(), layers=3).eval()
    language_model = llava.model.language_model
    batch = pack(tokenizer, [dialogues[:4], dialogues[4:]], VISUAL_TOKENS)
    inputs = {
        "inputs_embeds": llava.get_input_embeddings()(batch.ids),
        "position_ids": batch.position_ids,
        "use_cache": False,
    }
    with torch.inference_mode(), packed_attention_in(language_model):
        together = language_model(layout=PackedLayout.of(batch.segment), **inputs)[0]
    assert language_model.config._attn_implementation == "sdpa"
    for row, own_dialogues in enumerate((dialogues[:4], dialogues[4:])):
        for number, dialogue in enumerate(own_dialogues, start=1):
            alone = pack(tokenizer, [[dialogue]], VISUAL_TOKENS)
            with torch.inference_mode():
                expected = language_model(
                    inputs_embeds=llava.get_input_embeddings()(alone.ids), use_cache=False
                )[0]
            own = batch.segment[row] == number
            torch.testing.assert_close(
                together[row][own], expected[0][alone.segment[0] == 1], atol=1e-4, rtol=1e-4
            )
            assert (
                batch.target[row][own].tolist() == alone.target[0][alone.segment[0] == 1].tolist()
            )


def test_no_dialogue_sees_another():
    dialogues = some_dialogues(6)
    tokenizer = train_tokenizer([d.command + " " + d.answer for d in dialogues])
    batch = pack(tokenizer, [dialogues], VISUAL_TOKENS)
    allowed = batch.may_look()[0]
    layout = PackedLayout.of(batch.segment)
    seen = torch.zeros_like(allowed)
    seen[: layout.prefix, : layout.prefix] = allowed[: layout.prefix, : layout.prefix]
    for group in layout.groups:
        for place, is_token, may_look in zip(
            group.place, group.is_token, group.may_look[:, 0], strict=True
        ):
            columns = torch.cat([torch.arange(layout.prefix), place])
            for step in is_token.nonzero()[:, 0]:
                seen[place[step], columns[may_look[step]]] = True
    inside = batch.segment[0] >= 0
    assert torch.equal(seen[inside], allowed[inside])
