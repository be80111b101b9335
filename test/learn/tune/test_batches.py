"""Answers alone are learned, and packing changes nothing but the cost."""

import pytest
import torch
from drawn_conversations import write_conversations

from rt_grasp_ros.data.pixels import read_colour
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.learn.tune.base_model import AnswerModel, load_base
from rt_grasp_ros.learn.tune.batches import NO_TARGET, Encoder, collate
from rt_grasp_ros.learn.tune.conversations import ConversationFile
from rt_grasp_ros.learn.tune.outputs import AS_IT_IS
from rt_grasp_ros.learn.tune.pictures import VisualTokens
from rt_grasp_ros.model.torch_backend.llava_picture import picture_preparation

pytestmark = pytest.mark.torch

TURNS = (
    Turn("Grasp the marker", "I see it. x 0.123 y 0.456 theta 0.789 w 0.100"),
    Turn("further left", "I move. x 0.103 y 0.456 theta 0.789 w 0.100"),
)


@pytest.fixture
def base(base_dir):
    return load_base(base_dir, AS_IT_IS)


def test_every_answer_with_its_end_is_a_target_and_nothing_else(base):
    encoder = Encoder(base.tokenizer)
    picture = encoder.picture([TURNS], visual_tokens=5)
    learned = [token for token in picture.target if token != NO_TARGET]
    assert learned == [*encoder.answer(TURNS[0].answer), *encoder.answer(TURNS[1].answer)]
    for place, token in enumerate(picture.target):
        if token != NO_TARGET:
            assert picture.ids[place + 1] == token
    text = base.tokenizer.decode(learned, skip_special_tokens=True)
    assert "0.456" in text
    assert "ASSISTANT" not in text


def test_the_prompt_is_what_the_engines_complete(base):
    encoder = Encoder(base.tokenizer)
    picture = encoder.picture([TURNS[:1]], visual_tokens=5)
    before, after = encoder.prompt(TURNS[0].command, 5)
    assert picture.ids[: len(before) + len(after)] == [*before, *after]
    assert picture.position == list(range(len(picture.ids)))


def test_packed_conversations_do_not_see_each_other(base, tmp_path):
    rows = ConversationFile(write_conversations(tmp_path, pictures=2, about_each=3))
    encoder, visual_tokens = Encoder(base.tokenizer), VisualTokens(base, keep=True)
    model = AnswerModel(base.llava.eval())
    picture = rows[0].image_path
    own = [rows[index].turns for index in range(3)]
    (visual,) = visual_tokens([picture])

    def logits(packs):
        pictures = [encoder.picture(pack, len(visual)) for pack in packs]
        batch = collate(pictures, [visual] * len(packs))
        with torch.no_grad():
            return model(batch, 0)[batch.target != NO_TARGET]

    apart, together = logits([[turns] for turns in own]), logits([own])
    torch.testing.assert_close(together, apart, atol=2e-4, rtol=1e-4)


def test_visual_tokens_are_those_of_the_stock_class(base, tmp_path):
    path = ConversationFile(write_conversations(tmp_path, pictures=1))[0].image_path
    (tokens,) = VisualTokens(base, keep=False)([path])
    pixels = torch.from_numpy(picture_preparation(base.checkpoint)(read_colour(path)))
    with torch.no_grad():
        stock = base.llava.get_image_features(pixels, return_dict=True).pooler_output[0]
        ours = base.llava.model.multi_modal_projector(tokens[None])[0]
    torch.testing.assert_close(ours, stock, atol=2e-2, rtol=2e-2)  # kept in float16
