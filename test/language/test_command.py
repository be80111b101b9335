import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import CommandEmpty, CommandNotText, CommandTooLong, RtGraspError
from rt_grasp_ros.language.command import validate_command


def test_white_space_is_tidied():
    assert validate_command("  grasp\tthe \n mug ") == "grasp the mug"


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "?!", "123", "..."])
def test_commands_without_a_word_are_empty(text):
    with pytest.raises(CommandEmpty):
        validate_command(text)


def test_ten_kilobytes_are_too_long():
    with pytest.raises(CommandTooLong) as caught:
        validate_command("grasp the mug " * 750)
    assert caught.value.limit == 500


@pytest.mark.parametrize("text", ["grasp \x00 mug", "grasp \ud800 mug", "grasp \ufffd\ufffd mug"])
def test_undecodable_text_is_refused(text):
    with pytest.raises(CommandNotText):
        validate_command(text)


@given(st.text(max_size=700))
def test_any_text_is_either_tidied_or_refused_with_a_code(text):
    try:
        tidy = validate_command(text)
    except RtGraspError as error:
        assert error.code != 0
        assert error.message.endswith(".")
    else:
        assert tidy == tidy.strip()
        assert validate_command(tidy) == tidy


def test_other_alphabets_are_text():
    assert validate_command("nimm die Flasche am Hals, größer bitte") != ""


def test_five_hundred_characters_are_taken_and_one_more_is_not():
    assert len(validate_command("grasp the " + "m" * 490)) == 500
    with pytest.raises(CommandTooLong, match="500"):
        validate_command("grasp the " + "m" * 491)
