import re
import string
from dataclasses import asdict
from importlib import resources

import yaml

from rt_grasp_ros.language.unseen_commands import load_unseen_commands


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
    for templates in asdict(load_unseen_commands()).values():
        assert not trained & {shape_of(template) for template in templates}


def test_templates_have_their_fields():
    fields = {"whole": {"o"}, "part": {"o", "p"}, "colour": {"c"}, "shape": {"s"}, "purpose": {"u"}}
    for kind, templates in asdict(load_unseen_commands()).items():
        for template in templates:
            found = {field for _, field, _, _ in string.Formatter().parse(template) if field}
            assert found == fields[kind], template
