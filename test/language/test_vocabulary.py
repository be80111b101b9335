from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.sim.objects import HELD_OUT, NAMELESS, OBJECT_NAMES, PARTS, make_object


def test_objects_and_parts_are_those_of_the_cell():
    vocabulary = load_vocabulary()
    assert set(vocabulary.objects) == set(OBJECT_NAMES) - set(HELD_OUT)
    for name, words in vocabulary.objects.items():
        assert set(words.parts) == set(PARTS[name]), name


def test_nameless_kinds_are_those_of_the_cell():
    vocabulary = load_vocabulary()
    assert set(vocabulary.nameless) == set(NAMELESS)
    assert not set(vocabulary.nameless) & set(vocabulary.objects)
    kinds = [(kind, part) for kind in vocabulary.nameless for part in make_object(kind, 0).parts]
    assert list(vocabulary.nameless_types) == kinds


def test_no_name_means_two_things():
    vocabulary = load_vocabulary()
    names = [n for words in vocabulary.objects.values() for n in words.names]
    names += vocabulary.absent_nouns
    assert sorted(set(names)) == sorted(names)
    for words in vocabulary.objects.values():
        parts = [n for part in words.parts.values() for n in part.names]
        assert sorted(set(parts)) == sorted(parts)


def test_templates_have_their_fields():
    vocabulary = load_vocabulary()
    assert all("{o}" in c and "{p}" not in c for c in vocabulary.whole_commands)
    assert all("{o}" in c and "{p}" in c for c in vocabulary.part_commands)
    fields = ("{object}", "{place}", "{shape}", "{take}", "{closing}")
    assert all(field in a for a in vocabulary.grasp_answers for field in fields)
    of_nameless = (*vocabulary.nameless_answers, *vocabulary.unknown_noun_answers)
    assert all(field in a for a in of_nameless for field in ("{place}", "{shape}", "{closing}"))
    assert all("{object}" in a for a in vocabulary.nameless_answers)
    assert not any("{" in a for a in vocabulary.unknown_absent_answers)


def test_every_object_has_looks_and_uses_of_its_own():
    vocabulary = load_vocabulary()
    uses = [use for words in vocabulary.objects.values() for use in words.uses]
    assert sorted(set(uses)) == sorted(uses)
    assert all(words.looks and words.uses for words in vocabulary.objects.values())
    for field, commands in (
        ("{c}", vocabulary.colour_commands),
        ("{s}", vocabulary.shape_commands),
        ("{u}", vocabulary.purpose_commands),
    ):
        assert all(field in command for command in commands)
