"""What launch/grasp.launch.py starts, read where launch is not installed: PyPI has none.

Substitutions are stood in for by words, arguments by their names in braces.
"""

import contextlib
import importlib.util
import sys
from unittest import mock

from rt_grasp_ros.resources import share_path

NAMES = (
    *("launch", "launch.actions", "launch.conditions", "launch.some_substitutions_type"),
    *("launch.substitutions", "launch_ros", "launch_ros.actions"),
    *("launch_ros.parameter_descriptions", "launch_ros.substitutions"),
)


def nodes_of_launch_file():
    """Return its nodes by executable: their options, remappings as a mapping."""
    path = share_path("launch/grasp.launch.py")
    spec = importlib.util.spec_from_file_location("grasp_launch", path)
    module = importlib.util.module_from_spec(spec)
    nodes = {}

    def node(**options):
        told = {name: joined(to) for name, to in options.get("remappings", ())}
        nodes[options["executable"]] = options | {"remappings": told}

    with stand_ins(node):
        spec.loader.exec_module(module)
        module.generate_launch_description()
    return nodes


def joined(parts):
    """Return a substitution in one word."""
    return parts if isinstance(parts, str) else "".join(parts)


@contextlib.contextmanager
def stand_ins(node):
    """Put modules in place of launch's, and the ones before back."""
    before = {name: sys.modules.get(name) for name in NAMES}
    modules = {name: mock.MagicMock() for name in NAMES}
    modules["launch.substitutions"].LaunchConfiguration = "{{{}}}".format
    modules["launch.substitutions"].EqualsSubstitution = lambda a, b: f"{a}=={b!r}"
    modules["launch.substitutions"].IfElseSubstitution = lambda which, then, other: (
        f"{which} ? {joined(then)} : {joined(other)}"
    )
    modules["launch_ros.parameter_descriptions"].ParameterValue = lambda value, value_type: value
    modules["launch_ros.actions"].Node = node
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module
