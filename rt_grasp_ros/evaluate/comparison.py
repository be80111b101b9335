"""Results side by side: a Markdown table of several JSON files that `rt-grasp evaluate` wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_SHARES = ("_accuracy", "_rate", "_sd")
_MEASURES = {"_px": "{:.1f} px", "_deg": "{:.1f} deg"}
_SECONDS = "seconds_per_"
_COUNTS = ("n", "scenes", "objects")
_TEXTS = ("model", "data_set", "picture_set", "split", "split_by", "commands", "seed")


def comparison_rows(results: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return the rows of the table: a caption, and a cell for each result.

    Shares are in percent with their standard errors; what a result lacks is a dash. Texts stand
    first, then numbers, in the order in which the results name them.

    Args:
        results: by the headings of their columns, at least one.
    """
    keys = dict.fromkeys(key for result in results.values() for key in result)
    texts = [key for key in _TEXTS if key in keys]
    numbers = [key for key in keys if _is_shown(key)]
    rows = []
    for key in [*texts, *numbers]:
        cells = [_cell(key, result) for result in results.values()]
        if set(cells) != {"-"}:
            rows.append([_caption(key), *cells])
    return rows


def comparison_table(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a Markdown table: one column a result, one row a number that any of them has.

    Args:
        results: by the headings of their columns, at least one.
    """
    head = [["", *results], ["---", *["---:"] * len(results)]]
    return "".join(f"{_line(row)}\n" for row in [*head, *comparison_rows(results)])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _is_shown(key: str) -> bool:
    return key in _COUNTS or key.startswith(_SECONDS) or key.endswith((*_SHARES, *_MEASURES))


def _caption(key: str) -> str:
    """Return the words of a key; the unit stands in the cells."""
    for unit in _MEASURES:
        key = key.removesuffix(unit)
    return key.replace("_", " ")


def _cell(key: str, result: Mapping[str, Any]) -> str:
    value = result.get(key)
    if value is None:
        return "-"
    if key.startswith(_SECONDS):
        return f"{value:.2f} s"
    if key.endswith(_SHARES):
        error = result.get(f"{key}_se")
        return f"{value:.1%}" if error is None else f"{value:.1%} ± {error:.1%}"
    for ending, form in _MEASURES.items():
        if key.endswith(ending):
            return form.format(value)
    return str(value)
