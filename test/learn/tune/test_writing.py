"""Answers written in batches are those written one by one."""

import pytest
import torch
from drawn_conversations import write_conversations

from rt_grasp_ros.learn.tune.base_model import embed, load_base
from rt_grasp_ros.learn.tune.batches import Encoder
from rt_grasp_ros.learn.tune.conversations import ConversationFile
from rt_grasp_ros.learn.tune.outputs import AS_IT_IS
from rt_grasp_ros.learn.tune.pictures import VisualTokens
from rt_grasp_ros.learn.tune.writing import ALL, NUMBERS, Writer
from rt_grasp_ros.model.decoding.prompt_tokens import MAX_NEW_TOKENS

pytestmark = pytest.mark.torch

COMMANDS = ["grasp it", "please grasp the marker on the left"]


@pytest.fixture
def asked(base_dir, tmp_path):
    base = load_base(base_dir, AS_IT_IS)
    rows = ConversationFile(write_conversations(tmp_path, pictures=2))
    visual = VisualTokens(base, keep=True)([row.image_path for row in rows])
    return base, Writer(base.llava, Encoder(base.tokenizer)), visual


def test_a_batch_of_different_lengths_writes_what_each_alone_does(asked):
    _, writer, visual = asked
    together = writer.write(COMMANDS, visual)
    for index, command in enumerate(COMMANDS):
        ((alone,),) = writer.write([command], [visual[index]])
        assert together[index][0] == alone
        assert not any(alone.sampled)


def test_greedy_is_what_the_stock_class_generates(asked):
    base, writer, visual = asked
    ((written,),) = writer.write(COMMANDS[:1], visual[:1])
    before, after = Encoder(base.tokenizer).prompt(COMMANDS[0], len(visual[0]))
    ids = torch.tensor([[*before, *after]])
    with torch.no_grad():
        stock = base.llava.generate(
            inputs_embeds=embed(base.llava, ids, visual[0]),
            attention_mask=torch.ones_like(ids),
            max_new_tokens=MAX_NEW_TOKENS,
            do_sample=False,
            eos_token_id=Encoder(base.tokenizer).end_id,
            pad_token_id=0,
            suppress_tokens=[Encoder(base.tokenizer).image_id],
        )
    assert written.ids == stock[0, : len(written.ids)].tolist()


def test_copies_differ_where_all_is_left_to_chance(asked):
    _, writer, visual = asked
    torch.manual_seed(0)
    (copies, others) = writer.write(COMMANDS, visual, copies=4, chance=ALL)
    assert len(copies) == len(others) == 4
    assert len({tuple(copy.ids) for copy in copies}) > 1
    assert all(all(copy.sampled) for copy in copies)


def test_chance_chooses_numbers_only(asked):
    base, writer, visual = asked
    torch.manual_seed(0)
    greedy = writer.write(COMMANDS, visual)
    for (likeliest,), copies in zip(
        greedy, writer.write(COMMANDS, visual, copies=3, chance=NUMBERS), strict=True
    ):
        for copy in copies:
            first = copy.sampled.index(True) if any(copy.sampled) else len(copy.ids)
            assert copy.ids[:first] == likeliest.ids[:first]
            if first < len(copy.ids):
                word = base.tokenizer.id_to_token(likeliest.ids[first])
                assert word.strip("▁Ġ").isdecimal()


def test_a_training_model_goes_on_training(asked):
    base, writer, visual = asked
    base.llava.train()
    writer.write(COMMANDS, visual)
    assert base.llava.training
    assert not base.llava.model.vision_tower.training
