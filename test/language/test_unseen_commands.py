import re
import string
from importlib import resources

import yaml

from rt_grasp_ros.language.unseen_commands import load_unseen_commands
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.sim.objects import HELD_OUT


def shape_of(template):
    """The template's words alone, its fields alike."""
    return " ".join(re.sub(r"\{\w+\}", "_", template.lower()).split())


def strings_in(tree):
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, (list, dict)):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from strings_in(branch)


def test_no_unseen_command_is_in_the_vocabulary():
    package = resources.files("rt_grasp_ros.language")
    text = package.joinpath("vocabulary.yaml").read_text(encoding="utf-8")
    trained = {shape_of(template) for template in strings_in(yaml.safe_load(text))}
    assert "grasp the _" in trained
    for templates in load_unseen_commands().templates.values():
        assert not trained & {shape_of(template) for template in templates}


def test_templates_have_their_fields():
    fields = {"name": {"o"}, "part": {"o", "p"}, "colour": {"c"}, "shape": {"s"}, "purpose": {"u"}}
    for kind, templates in load_unseen_commands().templates.items():
        for template in templates:
            found = {field for _, field, _, _ in string.Formatter().parse(template) if field}
            assert found == fields[kind], template


def test_the_objects_are_the_held_out_ones_in_words_of_others():
    vocabulary = load_vocabulary()
    objects = load_unseen_commands().objects
    assert set(objects) == set(HELD_OUT)
    known = vocabulary.objects.values()
    for words in objects.values():
        assert not set(words.names) & {name for one in known for name in one.names}
        assert set(words.looks) <= {look for one in known for look in one.looks}
        assert set(words.uses) <= {use for one in known for use in one.uses}


def test_the_absent_nouns_are_said_nowhere_in_training():
    package = resources.files("rt_grasp_ros.language")
    said = " ".join(
        text
        for name in ("vocabulary.yaml", "refinements.yaml")
        for text in strings_in(yaml.safe_load(package.joinpath(name).read_text(encoding="utf-8")))
    )
    words = set(re.findall(r"\w+", said.lower()))
    assert not words & set(load_unseen_commands().absent_nouns)
