import asyncio
import json

import pytest
import yaml

from rt_grasp_ros.data.reasoning import Category
from rt_grasp_ros.data.template_synthesis import (
    Proposal,
    add_to_review,
    propose,
    read_templates,
    reviewed_categories,
)
from rt_grasp_ros.grasp.errors import DataInvalid

GOOD = "The {object} lies {place}. I take it {where} and close {closing}."
OTHER = "I see the {object} {place}. It is light, so I hold it {where}, closing {closing}."
BAD = "The {object} lies {place}, in the middle."
KNOWN = Category("pair of tongs", (GOOD,))


def ask_with(replies, heard):
    async def ask(messages):
        heard.append([dict(message) for message in messages])
        return replies.pop(0)

    return ask


def test_drafts_are_refined_and_checked():
    heard = []
    replies = [json.dumps([BAD, OTHER]), f"Here:\n```json\n{json.dumps([OTHER, BAD, GOOD])}\n```"]
    proposal = asyncio.run(propose("tongs", KNOWN, 2, ask_with(replies, heard)))
    assert proposal.templates == (OTHER,)
    assert set(proposal.refused) == {BAD, GOOD}
    assert "there already" in proposal.refused[GOOD][0]
    first, second = heard
    assert "pair of tongs" in first[-1]["content"] and GOOD in first[-1]["content"]
    assert second[: len(first)] == first
    assert "{closing} is missing" in second[-1]["content"]


@pytest.mark.parametrize("reply", ["I can't.", "[1, 2]", "[]", "[not json]", '["a"', '{"a": 1}'])
def test_a_reply_without_templates_is_refused(reply):
    with pytest.raises(DataInvalid, match="JSON list"):
        read_templates(reply)


def test_a_review_file_grows_and_is_never_half_written(tmp_path):
    path = tmp_path / "deep" / "review.yaml"
    assert reviewed_categories(path) == set()
    add_to_review(path, [Proposal("cup", (OTHER,), {BAD: ("it states a place",)})])
    add_to_review(path, [Proposal("hat", (), {})])
    assert reviewed_categories(path) == {"cup", "hat"}
    review = yaml.safe_load(path.read_text())["review"]
    assert review["cup"] == {"templates": [OTHER], "refused": {BAD: ["it states a place"]}}
    assert path.read_text().startswith("# Proposed by a language model")
    assert [p.name for p in path.parent.iterdir()] == ["review.yaml"]


@pytest.mark.parametrize("text", ["[1]", "a: 1", "{"])
def test_another_file_is_not_written_over(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(DataInvalid, match="review file"):
        add_to_review(path, [])
    assert path.read_text() == text
