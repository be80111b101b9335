from pathlib import Path

import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import ModelNotLoaded
from rt_grasp_ros.grasp.rectangle import jaw_angle_difference
from rt_grasp_ros.language.answer import Answer, parse_answer
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model import families
from rt_grasp_ros.model.family import FAMILY_NAMES, chat_messages, find_family, load_family
from rt_grasp_ros.model.pointing.pointing_family import PointingFamily

POINTING = [name for name in FAMILY_NAMES if isinstance(find_family(name), PointingFamily)]
GRASPING = [name for name in FAMILY_NAMES if name not in POINTING]


def test_every_file_is_a_family_and_can_be_loaded():
    files = Path(families.__path__[0]).glob("*.py")
    assert sorted(FAMILY_NAMES) == sorted({file.stem for file in files} - {"__init__"})
    assert GRASPING == ["realvlg_r1", "rt_grasp"]
    for name in GRASPING:
        family = load_family(name)
        assert family.model_types and family.max_new_tokens > 0
        assert "mug" in family.instruction("Grasp the mug")


@pytest.mark.parametrize("name", ["", "no_such", "../engine", "__init__"])
def test_an_unknown_family_is_named_with_the_known_ones(name):
    with pytest.raises(ModelNotLoaded, match="rt_grasp"):
        load_family(name)


def test_the_picture_stands_in_the_first_turn_and_answers_as_they_were_written():
    picture = {"type": "image"}
    taken = "I take it. x 0.100 y 0.200 theta 0.300 w 0.400"
    history = [Turn("grasp the mug", taken), Turn("higher", "I see none. No grasp.")]
    messages = chat_messages(load_family("rt_grasp"), "turn it", history, picture, (640, 480))
    said = [(message["role"], message["content"][-1]["text"]) for message in messages]
    assert said == [
        ("user", "grasp the mug"),
        ("assistant", taken),
        ("user", "higher"),
        ("assistant", "I see none. No grasp."),
        ("user", "turn it"),
    ]
    assert [message["content"][0] == picture for message in messages] == [True] + [False] * 4


@pytest.mark.parametrize("name", POINTING)
def test_a_family_that_points_names_no_grasps(name):
    with pytest.raises(ModelNotLoaded, match="point and name no grasps"):
        load_family(name)


@pytest.mark.parametrize("name", GRASPING)
@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_an_earlier_answer_is_told_in_the_familys_own_words(name, size):
    family = load_family(name)
    answer = parse_answer("It is long. x 0.400 y 0.300 theta 0.125 w 0.100", *size)
    read = family.read(family.retell(answer), *size)
    assert read.reasoning == "It is long."
    assert np.linalg.norm(read.rectangle.centre - answer.rectangle.centre) < 1.0
    assert read.rectangle.opening_px == pytest.approx(answer.rectangle.opening_px, abs=1.0)
    assert jaw_angle_difference(read.rectangle.theta_rad, answer.rectangle.theta_rad) < 0.02
    assert "It is long." in family.retell(Answer("It is long.", None, 1.0))
