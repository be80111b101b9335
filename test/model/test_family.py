from pathlib import Path

import pytest

from rt_grasp_ros.grasp.errors import ModelNotLoaded
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model import families
from rt_grasp_ros.model.family import FAMILY_NAMES, chat_messages, load_family


def test_every_file_is_a_family_and_can_be_loaded():
    files = Path(families.__path__[0]).glob("*.py")
    assert sorted(FAMILY_NAMES) == sorted({file.stem for file in files} - {"__init__"})
    for name in FAMILY_NAMES:
        family = load_family(name)
        assert family.model_types and family.max_new_tokens > 0
        assert "mug" in family.instruction("Grasp the mug")


@pytest.mark.parametrize("name", ["", "no_such", "../engine", "__init__"])
def test_an_unknown_family_is_named_with_the_known_ones(name):
    with pytest.raises(ModelNotLoaded, match="rt_grasp"):
        load_family(name)


def test_the_picture_stands_in_the_first_turn_and_answers_as_they_were_written():
    picture = {"type": "image"}
    history = [Turn("grasp the mug", "I take it. x 0.1"), Turn("higher", "I lift it. x 0.2")]
    messages = chat_messages(load_family("rt_grasp"), "turn it", history, picture)
    said = [(message["role"], message["content"][-1]["text"]) for message in messages]
    assert said == [
        ("user", "grasp the mug"),
        ("assistant", "I take it. x 0.1"),
        ("user", "higher"),
        ("assistant", "I lift it. x 0.2"),
        ("user", "turn it"),
    ]
    assert [message["content"][0] == picture for message in messages] == [True] + [False] * 4
