"""Rows are read where they are asked for, and their order follows from the seed."""

import json

import numpy as np
import pytest
from drawn_conversations import write_conversations
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.learn.tune.conversations import ConversationFile, parse_row, sample_order


def test_rows_come_back_with_turns_and_labels(tmp_path):
    rows = ConversationFile(write_conversations(tmp_path, pictures=3))
    assert len(rows) == 3
    row = rows[2]
    assert row.conversation_id == "2-0"
    assert row.image_path == tmp_path / "2.png"
    assert row.turns[0].command == "Grasp the marker"
    assert row.size_px == (224, 160)
    (label,) = row.labels
    assert label.opening_px == pytest.approx(50)


def test_blank_lines_and_a_missing_last_newline_do_not_matter(tmp_path):
    path = write_conversations(tmp_path, pictures=2)
    path.write_text(path.read_text().replace("\n", "\n\n").rstrip())
    assert [row.conversation_id for row in ConversationFile(path)] == ["0-0", "1-0"]


def test_rows_about_one_picture_are_grouped(tmp_path):
    rows = ConversationFile(write_conversations(tmp_path, pictures=2, about_each=5))
    assert [len(group) for group in rows.by_picture(3)] == [3, 2, 3, 2]
    for group in rows.by_picture(3):
        assert len({rows[int(index)].image_path for index in group}) == 1
    assert len(rows.by_picture(1)) == 10


def test_later_turns_are_kept(tmp_path):
    said = ["<image>\ngrasp it", "a x 0.1", "further left", "b"]
    turns = [{"from": who, "value": v} for who, v in zip(["human", "gpt"] * 2, said, strict=True)]
    row = parse_row({"id": 1, "image": "a.png", "conversations": turns}, tmp_path)
    assert [(turn.command, turn.answer) for turn in row.turns] == [
        ("grasp it", "a x 0.1"),
        ("further left", "b"),
    ]
    assert row.labels == ()


@pytest.mark.parametrize(
    "conversations",
    [
        [],
        [{"from": "human", "value": "<image>\ngrasp it"}],
        [{"from": "gpt", "value": "a"}, {"from": "human", "value": "b"}],
        [{"from": "human", "value": "<image>"}, {"from": "gpt", "value": "a"}],
        [{"from": "human", "value": "grasp it"}, {"from": "gpt", "value": " "}],
        "nothing",
    ],
)
def test_a_row_that_is_no_conversation_is_named(tmp_path, conversations):
    path = write_conversations(tmp_path, pictures=1)
    bad = {"id": 1, "image": "0.png", "conversations": conversations}
    path.write_text(path.read_text() + json.dumps(bad) + "\n")
    rows = ConversationFile(path)
    with pytest.raises(DataInvalid, match=r"Row 2 of 'rows.jsonl'"):
        rows[1]


def test_a_missing_or_empty_file_is_refused(tmp_path):
    with pytest.raises(DataInvalid, match="data build"):
        ConversationFile(tmp_path / "rows.jsonl")
    (tmp_path / "rows.jsonl").write_text("\n")
    with pytest.raises(DataInvalid, match="no row"):
        ConversationFile(tmp_path / "rows.jsonl")


@given(
    samples=st.integers(1, 40),
    seed=st.integers(0, 5),
    first=st.integers(0, 100),
    count=st.integers(0, 60),
)
def test_the_order_can_be_entered_anywhere(samples, seed, first, count):
    whole = sample_order(samples, seed, 0, first + count)
    np.testing.assert_array_equal(sample_order(samples, seed, first, count), whole[first:])


@given(samples=st.integers(1, 40), seed=st.integers(0, 5), epoch=st.integers(0, 5))
def test_every_epoch_shows_each_sample_once(samples, seed, epoch):
    order = sample_order(samples, seed, epoch * samples, samples)
    assert sorted(order) == list(range(samples))


def test_epochs_and_seeds_differ():
    first = sample_order(30, 0, 0, 30)
    assert not np.array_equal(first, sample_order(30, 0, 30, 30))
    assert not np.array_equal(first, sample_order(30, 1, 0, 30))
