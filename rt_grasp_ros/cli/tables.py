"""Tables of results: words wrap where the terminal is narrow, numbers are never cut."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table


def results_table(title: str, words: Sequence[str], numbers: Sequence[str] = ()) -> Table:
    """Return an empty table that fits 80 columns.

    Args:
        title: above it.
        words: headings of the first columns, which may take several lines; all empty: no headings.
        numbers: headings of the columns after them, to the right, each on one line.
    """
    table = Table(title=title, box=box.SIMPLE_HEAD, padding=0, show_header=any([*words, *numbers]))
    for heading in words:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
