"""What may be said of a thing behind its name without saying how to take it."""

import pytest

from rt_grasp_ros.language.description import known_uses, stray_in_description


@pytest.mark.parametrize(
    "said",
    [
        "",
        "with a broken handle",
        "with the blue lid on top",
        "that has a chipped rim and a lid",
        "that lies on the left",
        "to drive in a nail",
        "used to cut paper",
        "to brush my teeth",
        "that is ring shaped",
    ],
)
def test_looks_and_uses_are_descriptions(said):
    assert stray_in_description(said) == ""


@pytest.mark.parametrize(
    "said",
    [
        "with the handle untouched",
        "with zero contact to its handle",
        "that you must not touch",
        "to keep the handle dry",
        "with it upside down",
        "once i say so",
        "with the never touched handle",
    ],
)
def test_what_may_say_how_to_take_it_is_no_description(said):
    assert stray_in_description(said)


def test_a_purpose_may_name_a_part_of_something_else():
    assert stray_in_description("to grip a wire with", is_purpose=True) == ""
    assert stray_in_description("to grip a wire with") == "grip"
    assert stray_in_description("to hold by its handle", is_purpose=True) == "handle"


def test_what_is_done_with_a_thing_is_a_purpose_only_where_it_is_done_to_something():
    for done in ("holding", "taking"):
        assert stray_in_description(f"for {done} notes", is_purpose=True) == ""
        assert stray_in_description(f"for {done} notes") == done
        assert stray_in_description(f"for {done}", is_purpose=True) == done
        assert stray_in_description(f"for notes {done}", is_purpose=True) == done


def test_uses_are_those_of_the_vocabulary():
    assert "to turn a screw" in known_uses()
