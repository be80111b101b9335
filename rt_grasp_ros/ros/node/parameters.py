"""Node parameters declared once, as a frozen dataclass.

A node lists its parameters as the fields of a dataclass; each field says what it is, what it may
be and whether it may change while the node runs::

    @dataclass(frozen=True)
    class CameraParameters:
        rate_hz: float = parameter(10.0, "Pictures per second.", minimum=1.0, maximum=60.0)
        encoding: str = parameter("rgb8", "Encoding of the picture.", choices=("rgb8", "bgr8"))

    parameters = Parameters(node, CameraParameters)
    rate_hz = parameters.snapshot().rate_hz
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    ParameterType,
    SetParametersResult,
)
from rclpy.node import Node
from rclpy.parameter import Parameter

Value = bool | int | float | str
Declaration = TypeVar("Declaration")

_METADATA_KEY = "ros_parameter"
_TYPES: dict[type, int] = {
    bool: ParameterType.PARAMETER_BOOL,
    int: ParameterType.PARAMETER_INTEGER,
    float: ParameterType.PARAMETER_DOUBLE,
    str: ParameterType.PARAMETER_STRING,
}


@dataclasses.dataclass(frozen=True, slots=True)
class ParameterRule:
    """What a parameter is and which values it takes.

    Attributes:
        description: one sentence for `ros2 param describe`.
        minimum: smallest value of a number, itself allowed.
        maximum: largest value of a number, itself allowed.
        choices: the only values allowed; empty where there is no such list.
        read_only: whether it is fixed once the node has started.
    """

    description: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Value, ...] = ()
    read_only: bool = False

    def problem(self, value: Value) -> str | None:
        """Return what speaks against the value, or None where nothing does."""
        if isinstance(value, float) and not math.isfinite(value):
            return "must be a finite number"
        if self.minimum is not None and float(value) < self.minimum:
            return f"must be at least {self.minimum:g}"
        if self.maximum is not None and float(value) > self.maximum:
            return f"must be at most {self.maximum:g}"
        if self.choices and value not in self.choices:
            return "must be one of " + ", ".join(str(choice) for choice in self.choices)
        return None

    def descriptor(self, name: str, default: Value) -> ParameterDescriptor:
        """Return the ROS description of the parameter, with its range where it has both ends."""
        descriptor = ParameterDescriptor(
            name=name,
            type=_TYPES[type(default)],
            description=self.description,
            read_only=self.read_only,
            additional_constraints=(
                "one of " + ", ".join(str(choice) for choice in self.choices)
                if self.choices
                else ""
            ),
        )
        if self.minimum is not None and self.maximum is not None:
            if isinstance(default, float):
                descriptor.floating_point_range = [
                    FloatingPointRange(from_value=self.minimum, to_value=self.maximum)
                ]
            else:
                descriptor.integer_range = [
                    IntegerRange(from_value=int(self.minimum), to_value=int(self.maximum), step=1)
                ]
        return descriptor


def parameter(
    default: Value,
    description: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[Value] = (),
    read_only: bool = False,
) -> Any:
    """Return a dataclass field that is a ROS parameter; the arguments are `ParameterRule`'s."""
    rule = ParameterRule(description, minimum, maximum, tuple(choices), read_only)
    return dataclasses.field(default=default, metadata={_METADATA_KEY: rule})


def rules(declaration: type) -> dict[str, ParameterRule]:
    """Return the rule of every parameter of a declaration, by name, in order."""
    return {field.name: field.metadata[_METADATA_KEY] for field in dataclasses.fields(declaration)}


class Parameters(Generic[Declaration]):
    """The parameters of one node: declared, guarded, and read as one immutable value."""

    def __init__(self, node: Node, declaration: type[Declaration]) -> None:
        """Declare every parameter on the node, starting from its YAML file or command line.

        Args:
            node: the node that owns the parameters.
            declaration: a frozen dataclass whose fields come from `parameter`.

        Raises:
            rclpy.exceptions.InvalidParameterValueException: a start value breaks its rule.
            rclpy.exceptions.InvalidParameterTypeException: a start value is of another type.
        """
        self._node = node
        self._declaration = declaration
        self._rules = rules(declaration)
        node.add_on_set_parameters_callback(self._check)
        defaults = declaration()
        for name, rule in self._rules.items():
            default = getattr(defaults, name)
            node.declare_parameter(name, default, rule.descriptor(name, default))

    def snapshot(self) -> Declaration:
        """Return all parameters as they are now; take it once per piece of work."""
        values = {name: self._node.get_parameter(name).value for name in self._rules}
        return self._declaration(**values)

    def _check(self, changes: list[Parameter]) -> SetParametersResult:
        """Refuse a change that breaks a rule; says which, and what would be allowed."""
        for change in changes:
            rule = self._rules.get(change.name)
            problem = rule.problem(change.value) if rule else None
            if problem:
                reason = f"parameter '{change.name}' = {change.value!r} {problem}"
                return SetParametersResult(successful=False, reason=reason)
        return SetParametersResult(successful=True)
