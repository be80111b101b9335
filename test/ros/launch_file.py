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
    "launch_ros.parameter_descriptions",
)


def nodes_of_launch_file():
    """Return its nodes by executable: their options, remappings as a mapping."""
    return read_launch_file()[0]


def arguments_of_launch_file():
    """Return the options of its arguments by name."""
    return read_launch_file()[1]


def read_launch_file():
    """Return nodes by executable, and arguments by name."""
    path = share_path("launch/grasp.launch.py")
    spec = importlib.util.spec_from_file_location("grasp_launch", path)
    module = importlib.util.module_from_spec(spec)
    nodes, arguments = {}, {}

    def node(**options):
        told = {name: joined(to) for name, to in options.get("remappings", ())}
        nodes[options["executable"]] = options | {"remappings": told}

    def argument(name, **options):
        arguments[name] = options

    with stand_ins(node, argument):
        spec.loader.exec_module(module)
        module.generate_launch_description()
    return nodes, arguments


def joined(parts):
    """Return a substitution in one word."""
    return parts if isinstance(parts, str) else "".join(parts)


@contextlib.contextmanager
def stand_ins(node, argument):
    """Put modules in place of launch's, and the ones before back."""
    before = {name: sys.modules.get(name) for name in NAMES}
    modules = {name: mock.MagicMock() for name in NAMES}
    modules["launch.substitutions"].LaunchConfiguration = "{{{}}}".format
    modules["launch.substitutions"].EqualsSubstitution = lambda a, b: f"{a}=={b!r}"
    modules["launch.substitutions"].IfElseSubstitution = lambda which, then, other: (
        f"{which} ? {joined(then)} : {joined(other)}"
    )
    modules["launch_ros.parameter_descriptions"].ParameterValue = lambda value, value_type: value
    modules["launch_ros.parameter_descriptions"].ParameterFile = lambda path, allow_substs: path
    modules["launch.actions"].DeclareLaunchArgument = argument
    modules["launch_ros.actions"].Node = node
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module
