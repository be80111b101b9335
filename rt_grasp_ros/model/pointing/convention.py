"""What the numbers of models that point mean: of which picture, from which edge, in which order."""

from __future__ import annotations

from dataclasses import dataclass

_SLACK = 0.02
"""So far beyond the picture, over its side, a number is rounded; farther, it has another unit."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a place in a picture is written as two numbers.

    Attributes:
        name: for logs and messages.
        full: the number at the far edge; None where numbers are pixels of the picture sent.
        y_first: whether the downward one comes first.
        of_square: whether `full` is at the end of the longer side for both, as where a model is
            shown the picture padded to a square at the right or bottom.
    """

    name: str
    full: float | None
    y_first: bool = False
    of_square: bool = False

    def to_px(self, numbers: tuple[float, float], size_px: tuple[int, int]) -> tuple[float, float]:
        """Return x and y in pixels of the picture that was sent.

        Args:
            numbers: as the model wrote them.
            size_px: width and height of that picture.
        """
        x, y = reversed(numbers) if self.y_first else numbers
        unit_x_px, unit_y_px = self._unit_px(size_px)
        return x * unit_x_px, y * unit_y_px

    def to_numbers(self, x_px: float, y_px: float, size_px: tuple[int, int]) -> tuple[float, float]:
        """Return the numbers of a place: the inverse of `to_px`."""
        unit_x_px, unit_y_px = self._unit_px(size_px)
        x, y = x_px / unit_x_px, y_px / unit_y_px
        return (y, x) if self.y_first else (x, y)

    def holds(self, numbers: tuple[float, float], size_px: tuple[int, int]) -> bool:
        """Whether numbers lie within the picture, but for rounding."""
        return all(
            -_SLACK * side_px <= at_px <= (1 + _SLACK) * side_px
            for at_px, side_px in zip(self.to_px(numbers, size_px), size_px, strict=True)
        )

    def _unit_px(self, size_px: tuple[int, int]) -> tuple[float, float]:
        if self.full is None:
            return 1.0, 1.0
        width_px, height_px = (max(size_px),) * 2 if self.of_square else size_px
        return width_px / self.full, height_px / self.full


THOUSANDTHS = Convention("thousandths of width and height", 1000.0)
THOUSANDTHS_Y_FIRST = Convention("thousandths, y first", 1000.0, y_first=True)
PER_CENT = Convention("per cent of width and height", 100.0)
SHARES = Convention("0 to 1", 1.0)
PIXELS = Convention("pixels of the picture sent", None)

CONVENTIONS = (
    THOUSANDTHS,
    THOUSANDTHS_Y_FIRST,
    PER_CENT,
    SHARES,
    PIXELS,
    Convention("pixels of the picture sent, y first", None, y_first=True),
    Convention("per cent, y first", 100.0, y_first=True),
    Convention("0 to 1, y first", 1.0, y_first=True),
    Convention("thousandths of a padded square", 1000.0, of_square=True),
    Convention("0 to 1 of a padded square", 1.0, of_square=True),
)
"""All that are known to be in use, for finding out what a server does."""
