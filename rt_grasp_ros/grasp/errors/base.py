"""What all failures are: one root, one small class a failure, each with its code."""

from __future__ import annotations

from typing import Any

from ..error_code import ErrorCode


class RtGraspError(Exception):
    """Root of all failures that this package raises on purpose.

    Attributes:
        code: the `ErrorCode` that the ROS interfaces report for it.
    """

    code: ErrorCode = ErrorCode.INTERNAL

    @property
    def message(self) -> str:
        """The sentence for the user."""
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by sentence and attributes: subclasses take other arguments than the sentence."""
        return _restore, (type(self), self.args, self.__dict__)


def _restore(
    kind: type[RtGraspError], args: tuple[str, ...], attributes: dict[str, Any]
) -> RtGraspError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error
