"""Numbers of another size: what cosmic-ray adds to 0.05 any test notices."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

_FACTORS = (0.1, 10.0)
_STEPS = (-1, 1)
_SMALL = 3


class NumberOperator:
    """Takes a tenth and ten times of a float, a quarter and four times of a whole number.

    Of whole numbers up to 3, which are places and counts, it takes one less and one more.

    It has the two methods that cosmic-ray asks of an operator.
    """

    def mutation_positions(self, node: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Yield the place of a number once for each change."""
        if node.type == "number":
            for _ in _changed(node.value):
                yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Return the changed number."""
        changed = type(node)(_changed(node.value)[index], node.start_pos)
        changed.prefix = node.prefix
        return changed


def _changed(text: str) -> list[str]:
    """Return the numbers in the place of one, as they are written."""
    value = ast.literal_eval(text)
    if isinstance(value, int) and value > _SMALL:
        return [str(value // 4), str(value * 4)]
    if isinstance(value, int):
        return [str(value + step) for step in _STEPS]
    if isinstance(value, float):
        return [f"{value * factor:.12g}" for factor in _FACTORS] if value else ["1.0"]
    return []
