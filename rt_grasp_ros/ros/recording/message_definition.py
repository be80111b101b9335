"""The definition of a message as text, which recordings carry so that any tool can read them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from rosidl_parser.definition import (
    AbstractNestedType,
    AbstractString,
    Array,
    BasicType,
    BoundedSequence,
    NamespacedType,
)

_SEPARATOR = "=" * 80
_NAMES = {"boolean": "bool", "octet": "byte", "float": "float32", "double": "float64"}


def type_name(message_type: type) -> str:
    """Return the full name of a message type, such as `sensor_msgs/msg/Image`."""
    package, kind, _ = message_type.__module__.split(".")
    return f"{package}/{kind}/{message_type.__name__}"


def message_definition(message_type: type) -> str:
    """Return the definition of a message type and of all that it is made of.

    The form is `ros2msg` of https://mcap.dev/spec/registry: the type itself, then each type it
    needs under a line `MSG: package/Name`. It is read off the class that serialises the messages,
    so that it fits them; constants and comments are not in it.

    Args:
        message_type: a class that rosidl generated, such as `sensor_msgs.msg.Image`, also the
            request, response or event of a service.
    """
    parts = [_fields(message_type)]
    parts += [
        f"{_SEPARATOR}\nMSG: {_short_name(needed)}\n{_fields(_class_of(needed))}"
        for needed in _needed_by(message_type)
    ]
    return "".join(parts)


def _fields(message_type: Any) -> str:
    names = message_type.get_fields_and_field_types()
    return "".join(
        f"{_text(kind)} {name}\n" for name, kind in zip(names, message_type.SLOT_TYPES, strict=True)
    )


def _text(kind: Any) -> str:
    """Return a field's type as a .msg file has it."""
    if isinstance(kind, AbstractNestedType):
        size = ""
        if isinstance(kind, Array):
            size = str(kind.size)
        elif isinstance(kind, BoundedSequence):
            size = f"<={kind.maximum_size}"
        return f"{_text(kind.value_type)}[{size}]"
    if isinstance(kind, AbstractString):
        return f"string<={kind.maximum_size}" if kind.has_maximum_size() else "string"
    if isinstance(kind, BasicType):
        return _NAMES.get(kind.typename, kind.typename)
    return _short_name(kind)


def _needed_by(message_type: Any) -> list[NamespacedType]:
    """Return every type that a message is made of, at any depth, each once."""
    found: dict[str, NamespacedType] = {}

    def walk(of: Any) -> None:
        for kind in _named(of):
            if _short_name(kind) not in found:
                found[_short_name(kind)] = kind
                walk(_class_of(kind))

    walk(message_type)
    return list(found.values())


def _named(message_type: Any) -> Iterator[NamespacedType]:
    for kind in message_type.SLOT_TYPES:
        element = kind.value_type if isinstance(kind, AbstractNestedType) else kind
        if isinstance(element, NamespacedType):
            yield element


def _short_name(kind: NamespacedType) -> str:
    return f"{kind.namespaces[0]}/{kind.name}"


def _class_of(kind: NamespacedType) -> type:
    found: type = getattr(import_module(".".join(kind.namespaces)), kind.name)
    return found
