import pytest

from rt_grasp_ros.grasp.errors import DialogueUnknown
from rt_grasp_ros.language.memory import DialogueMemory
from rt_grasp_ros.language.prompt import Turn

MUG = Turn("grasp the mug", "It is there. x 0.500 y 0.250 theta 0.250 w 0.100")
LEFT = Turn("more to the left", "I move it. x 0.470 y 0.250 theta 0.250 w 0.100")


def test_a_dialogue_goes_on_under_its_id():
    memory = DialogueMemory()
    dialogue_id = memory.enter("")
    assert memory.turns(dialogue_id) == ()
    memory.add(dialogue_id, MUG)
    assert memory.enter(dialogue_id) == dialogue_id
    memory.add(dialogue_id, LEFT)
    assert memory.turns(dialogue_id) == (MUG, LEFT)


def test_dialogues_are_kept_apart():
    memory = DialogueMemory()
    ids = [memory.enter("") for _ in range(20)]
    assert len(set(ids)) == 20
    memory.add(ids[3], MUG)
    assert memory.turns(ids[3]) == (MUG,)
    assert memory.turns(ids[4]) == ()


def test_an_id_that_was_not_given_out_is_refused():
    memory = DialogueMemory()
    with pytest.raises(DialogueUnknown, match="made up"):
        memory.enter("made up")
    with pytest.raises(DialogueUnknown):
        memory.turns("made up")
    with pytest.raises(DialogueUnknown):
        memory.add("made up", MUG)


def test_the_dialogue_used_longest_ago_is_forgotten():
    memory = DialogueMemory(capacity=2)
    first, second = memory.enter(""), memory.enter("")
    memory.add(first, MUG)
    memory.enter(first)
    memory.enter("")
    assert memory.turns(first) == (MUG,)
    with pytest.raises(DialogueUnknown):
        memory.enter(second)


def test_a_long_dialogue_keeps_its_latest_turns():
    memory = DialogueMemory()
    dialogue_id = memory.enter("")
    turns = [Turn(f"turn {number}", "done") for number in range(11)]
    for turn in turns:
        memory.add(dialogue_id, turn)
    assert memory.turns(dialogue_id) == tuple(turns[3:])


def test_64_dialogues_are_kept():
    memory = DialogueMemory()
    ids = [memory.enter("") for _ in range(64)]
    assert memory.enter(ids[0]) == ids[0]
    memory.enter("")
    with pytest.raises(DialogueUnknown):
        memory.enter(ids[1])
    assert memory.enter(ids[0]) == ids[0]
