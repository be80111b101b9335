"""A sentence in plain letters, cut where another clause begins."""

import pytest

from rt_grasp_ros.language.clauses import clauses_of, why_foreign, written_out


def test_contractions_are_written_out():
    assert (
        written_out("I CAN'T, don\N{RIGHT SINGLE QUOTATION MARK}t  take it")
        == "i can not, do not take it"
    )


def test_a_but_behind_anything_excepts():
    assert written_out("anything but the cup") == "anything except the cup"


def test_marks_and_a_further_command_begin_clauses():
    text = "take the pen, but do not touch the cup and leave the can; can you see it?"
    assert clauses_of(text) == [
        ("take the pen", False),
        ("do not touch the cup", False),
        ("leave the can", False),
        ("can you see it", True),
    ]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("grasp the mug", ""),
        ("nimm die Banane", "it looks German"),
        ("do you see a mug", ""),
        ("what do as many as a dozen weigh", ""),
        ("pega a caneca do lado", "it looks Portuguese"),
        ("wo ist der Hammer und das Messer", "it looks German"),
        ("die Banane da", ""),  # one such word is English, too
        ("\u6293\u4f4f\u9999\u8549", "it is not written in Latin letters"),
    ],
)
def test_other_languages_are_told(command, why):
    assert why_foreign(command, written_out(command)) == why


def test_what_is_taken_beside_what_is_seen_is_one_clause():
    text = written_out("Do you see the box? Take what's behind it.")
    assert text == "take what is behind the box"


@pytest.mark.parametrize(
    "said",
    [
        "leave the cup behind it",
        "the cat is in it",
        "take care, the baby is behind it",
        "take the cup and keep off the one behind it",
    ],
)
def test_what_is_spared_or_stated_beside_what_is_seen_is_left_so(said):
    assert written_out(f"do you see the box? {said}").endswith(said)


def test_nothing_but_hesitation_is_in_no_other_language():
    assert why_foreign("hmm", written_out("hmm")) == ""
