import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.language.thinking import split_thinking

WORDS = st.text(alphabet="ab .,(1)\n", max_size=20)


@pytest.mark.parametrize(
    "text, thinking, said",
    [
        ("<think> a </think> b", "a", "b"),
        ("a </think> b", "a", "b"),
        ("<THINKING>a</Thinking>\nb", "a", "b"),
        ("b", "", "b"),
        ("", "", ""),
        ("<think>a", "a", ""),
        ("<think>a</think> b <think> c", "a b c", ""),
        ("a </think> b <think> c", "a b c", ""),
        ("<think>a</think> b <think> c </think> d", "a b c", "d"),
        ("<think>the tag </think> ends; so</think> b", "the tag ends; so", "b"),
        (
            "<think>I write <think> here</think> <answer>b</answer>",
            "I write here",
            "<answer>b</answer>",
        ),
        ("<think>I write <think> </think> <answer>b</answer>, so I", "I write b , so I", ""),
    ],
)
def test_what_is_said_stands_behind_the_thoughts(text, thinking, said):
    assert split_thinking(text) == (thinking, said)


@given(thoughts=st.lists(st.one_of(WORDS, st.just("<answer>x</answer>")), max_size=4), said=WORDS)
def test_nothing_that_is_quoted_in_the_thoughts_is_said(thoughts, said):
    text = f"<think>{''.join(thoughts)}</think>{said}"
    assert split_thinking(text)[1] == said.strip()


@given(st.text(max_size=60))
def test_thoughts_that_do_not_end_say_nothing(text):
    if "</" not in text:
        assert split_thinking(f"<think>{text}")[1] == ""
