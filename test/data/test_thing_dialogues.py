import numpy as np
import pytest
from cornell_pictures import write_pictures

from rt_grasp_ros.data.consistency import row_problems
from rt_grasp_ros.data.conversation_row import to_row
from rt_grasp_ros.data.reasoning import load_reasoning
from rt_grasp_ros.data.recorded_things import absent_names, thing_in
from rt_grasp_ros.data.thing_dialogues import Words, draw_turns
from rt_grasp_ros.language.refinement import load_follow_ups
from rt_grasp_ros.language.vocabulary import load_vocabulary

WORDS = Words(load_reasoning(), load_vocabulary(), load_follow_ups())


@pytest.fixture(scope="module")
def things(tmp_path_factory):
    pictures = write_pictures(tmp_path_factory.mktemp("pictures"), 3)
    return [thing_in(picture, WORDS.templates, WORDS.vocabulary) for picture in pictures]


def draw(things, absent, count=300):
    for seed in range(count):
        yield draw_turns(things, absent, WORDS, np.random.default_rng(seed))


def test_every_kind_of_turn_is_drawn_and_every_row_holds_together(things):
    kinds = set()
    for turns in draw(things, absent_names(["marker", "onion", "stapler"], WORDS.templates), 500):
        row = to_row("1", "a.jpg", (224, 224), turns, "test", "")
        assert row_problems(row) == []
        kinds |= {turn.kind for turn in turns}
    wanted = {"name", "color", "shape", "purpose", "color and name", "absent"}
    assert wanted | {"other_part", "other_object", "wider", "move_left_bit"} <= kinds


def test_commands_mean_one_thing_of_several(things):
    for turns in draw(things, []):
        for turn in turns:
            if turn.kind in ("name", "color and name", "other_object"):
                assert turn.called in turn.command


def test_nothing_is_refused_where_nothing_is_surely_absent(things):
    assert all(turns[0].kind != "absent" for turns in draw(things, []))


def test_twins_cannot_be_asked_for(things):
    assert list(draw([things[0], things[0]], [], 20)).count([]) == 0  # one and the same thing
    (picture_twins) = [things[0], type(things[0])(**_fields(things[0]))]
    assert all(turns == [] for turns in draw(picture_twins, [], 20))


def _fields(thing):
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


def test_parts_that_are_known_are_asked_for_and_named(things):
    known = things[0].with_parts(["cap", "cap", "middle", "end", "end"])
    by_part = set()
    for turns in draw([known], []):
        row = to_row("1", "a.jpg", (224, 224), turns, "test", "")
        assert row_problems(row) == []
        for turn in turns:
            if turn.kind in ("part", "named_part"):
                by_part.add(turn.part)
                assert turn.part in turn.command
                assert f"by its {turn.part}" in turn.answer
                assert len(turn.right) == known.parts.count(turn.part)
    assert by_part == {"cap", "middle", "end"}
