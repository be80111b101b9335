import math
from dataclasses import dataclass, fields

import pytest
import rclpy
from hypothesis import given
from hypothesis import strategies as st
from rclpy.context import Context
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node
from rclpy.parameter import Parameter

from rt_grasp_ros.ros.node.parameters import ParameterRule, Parameters, parameter, rules

pytestmark = pytest.mark.ros


@dataclass(frozen=True)
class Declared:
    rate_hz: float = parameter(10.0, "Pictures per second.", minimum=1.0, maximum=60.0)
    count: int = parameter(3, "How many.", minimum=1, maximum=16)
    encoding: str = parameter("rgb8", "Encoding.", choices=("rgb8", "bgr8"))
    path: str = parameter("", "Where.", read_only=True)
    enabled: bool = parameter(True, "Whether.")


@pytest.fixture
def make_node():
    context = Context()
    rclpy.init(context=context)
    nodes = []

    def make(**overrides):
        node = Node(
            "parameter_test",
            context=context,
            parameter_overrides=[Parameter(key, value=value) for key, value in overrides.items()],
        )
        nodes.append(node)
        return node

    yield make
    for node in nodes:
        node.destroy_node()
    context.try_shutdown()


def test_snapshot_holds_the_defaults(make_node):
    assert Parameters(make_node(), Declared).snapshot() == Declared()


def test_every_parameter_is_described(make_node):
    node = make_node()
    Parameters(node, Declared)
    for field in fields(Declared):
        descriptor = node.describe_parameter(field.name)
        assert descriptor.description == rules(Declared)[field.name].description
    assert node.describe_parameter("rate_hz").floating_point_range[0].to_value == 60.0
    assert node.describe_parameter("count").integer_range[0].from_value == 1
    assert "bgr8" in node.describe_parameter("encoding").additional_constraints
    assert node.describe_parameter("path").read_only


def test_start_values_win_over_defaults(make_node):
    snapshot = Parameters(make_node(rate_hz=30.0, path="here"), Declared).snapshot()
    assert (snapshot.rate_hz, snapshot.path, snapshot.count) == (30.0, "here", 3)


@pytest.mark.parametrize(
    "bad",
    [{"rate_hz": 0.5}, {"rate_hz": math.nan}, {"count": 17}, {"encoding": "png"}],
)
def test_a_bad_start_value_is_refused(make_node, bad):
    with pytest.raises(InvalidParameterValueException):
        Parameters(make_node(**bad), Declared)


def test_a_start_value_of_another_type_is_refused(make_node):
    with pytest.raises(InvalidParameterTypeException):
        Parameters(make_node(count="many"), Declared)


@pytest.mark.parametrize(
    "name, value, excuse",
    [
        ("rate_hz", 61.0, "rate_hz"),
        ("rate_hz", math.inf, "rate_hz"),
        ("count", 0, "count"),
        ("encoding", "jpeg", "one of rgb8, bgr8"),
        ("path", "elsewhere", "read"),
    ],
)
def test_a_bad_change_is_refused_and_changes_nothing(make_node, name, value, excuse):
    node = make_node()
    parameters = Parameters(node, Declared)
    result = node.set_parameters([Parameter(name, value=value)])[0]
    assert not result.successful
    assert excuse in result.reason
    assert parameters.snapshot() == Declared()


def test_a_good_change_is_in_the_next_snapshot_only(make_node):
    node = make_node()
    parameters = Parameters(node, Declared)
    before = parameters.snapshot()
    assert node.set_parameters([Parameter("rate_hz", value=20.0)])[0].successful
    assert before.rate_hz == 10.0
    assert parameters.snapshot().rate_hz == 20.0


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_rule_accepts_exactly_its_range(value):
    rule = ParameterRule("A number.", minimum=-1.0, maximum=2.5)
    assert (rule.problem(value) is None) == (-1.0 <= value <= 2.5)
