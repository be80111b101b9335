import pytest

from rt_grasp_ros.grasp.errors import DialogueUnknown
from rt_grasp_ros.language.memory import DialogueMemory


def test_a_dialogue_goes_on_under_its_id():
    memory = DialogueMemory()
    dialogue_id = memory.enter("", "grasp the mug")
    assert memory.enter(dialogue_id, "by its handle") == dialogue_id
    assert memory.commands(dialogue_id) == ("grasp the mug", "by its handle")


def test_every_new_dialogue_gets_an_id_of_its_own():
    memory = DialogueMemory()
    assert len({memory.enter("", "grasp the mug") for _ in range(20)}) == 20


def test_an_id_that_was_not_given_out_is_refused():
    with pytest.raises(DialogueUnknown, match="made up"):
        DialogueMemory().enter("made up", "grasp the mug")
    with pytest.raises(DialogueUnknown):
        DialogueMemory().commands("made up")


def test_the_dialogue_used_longest_ago_is_forgotten():
    memory = DialogueMemory(capacity=2)
    first, second = memory.enter("", "one"), memory.enter("", "two")
    memory.enter(first, "still here")
    memory.enter("", "three")
    assert memory.commands(first) == ("one", "still here")
    with pytest.raises(DialogueUnknown):
        memory.enter(second, "too late")
