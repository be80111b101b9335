"""What the model writes, shown while it writes."""

from __future__ import annotations

from rich.console import Console
from rich.live import Live
from rich.text import Text


class GrowingText:
    """A text on the terminal that grows and is gone when the block ends; elsewhere, nothing."""

    def __init__(self, console: Console) -> None:
        """Show nothing yet."""
        self._live = Live(Text(), console=console, transient=True, refresh_per_second=20)

    def show(self, text: str) -> None:
        """Replace the text by a longer one."""
        self._live.update(Text(text, style="italic"))

    def __enter__(self) -> GrowingText:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
