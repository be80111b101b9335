"""The page: its server, its view and its panel, made and ended together."""

from __future__ import annotations

from .panel import Panel
from .server import PageServer
from .view import View


class Page:
    """What people open in the browser."""

    def __init__(self, host: str, port: int, command: str) -> None:
        """Serve the page from now on.

        Args:
            host: address to listen on.
            port: 0 lets the system choose one.
            command: what the command box holds at first.

        Raises:
            RequestInvalid: the address is not ours or the port is taken.
        """
        self._server = PageServer(host, port)
        self.url = f"http://{host}:{self._server.get_port()}"
        self.view = View(self._server)
        self.panel = Panel(self._server, command, self.view.set_visible)

    @property
    def is_watched(self) -> bool:
        """Whether any browser shows it."""
        return bool(self._server.get_clients())

    def close(self) -> None:
        """End the server and the threads of its callbacks."""
        self._server.stop()
