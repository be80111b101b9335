"""The web server of the page: viser, told to stay on this machine unless asked otherwise."""

from __future__ import annotations

import http
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import viser
from websockets.asyncio import server as websocket_server
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from ..grasp.errors import RequestInvalid
from .origin import may_connect

TITLE = "rt_grasp_ros"

Respond = Callable[[ServerConnection, Request], Response | None]


class PageServer(viser.ViserServer):
    """A viser server that never calls another machine and listens to its own page alone."""

    def __init__(self, host: str, port: int) -> None:
        """Serve from now on.

        Args:
            host: address to listen on; `127.0.0.1` keeps the page on this machine.
            port: 0 lets the system choose one.

        Raises:
            RequestInvalid: the address is not ours or the port is taken.
        """
        _require_free(host, port)
        with _foreign_pages_refused():
            super().__init__(host=host, port=port, label=TITLE, verbose=False)
        self.gui.configure_theme(
            dark_mode=True, show_logo=False, show_share_button=False, brand_color=(34, 139, 230)
        )

    def request_share_url(self, verbose: bool = True) -> None:
        """Refuse what viser offers: a way in from the internet through a server of others."""


def _require_free(host: str, port: int) -> None:
    """Refuse an address that can't be listened on; viser would take the next port, or wait."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        reason, _, _ = str(error.strerror).partition(" (while")
        raise RequestInvalid(
            f"The page can't be served on {host}, port {port} ({reason}); choose another "
            "port or host."
        ) from error


@contextmanager
def _foreign_pages_refused() -> Iterator[None]:
    """Let the servers made meanwhile check where a WebSocket comes from; viser does not."""
    serve = websocket_server.serve

    def serve_guarded(*arguments: Any, process_request: Respond, **options: Any) -> Any:
        guarded = partial(_refuse_or_respond, process_request)
        return serve(*arguments, process_request=guarded, **options)

    websocket_server.serve = serve_guarded  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        websocket_server.serve = serve  # type: ignore[misc]


def _refuse_or_respond(
    respond: Respond, connection: ServerConnection, request: Request
) -> Response | None:
    if may_connect(request.headers.get("Origin"), request.headers.get("Host")):
        return respond(connection, request)
    return connection.respond(http.HTTPStatus.FORBIDDEN, "Only this server's own page may talk.\n")
