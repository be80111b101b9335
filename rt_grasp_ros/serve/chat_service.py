"""OpenAI's chat completions over HTTP, as far as a client of ours asks for them."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..closing import Closing
from ..grasp.errors import RtGraspError

_LONGEST_BYTES = 64_000_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a request holds.

    Attributes:
        picture_rgb: the last picture in it, uint8, shape (H, W, 3).
        texts: role and text of each message, oldest first.
    """

    picture_rgb: NDArray[np.uint8]
    texts: tuple[tuple[str, str], ...]

    @property
    def question(self) -> str:
        """The last message's text."""
        return self.texts[-1][1]


Reply = Callable[[Asked], str]
"""Answers a request; raises `RtGraspError` where it can't."""


class ChatService(Closing):
    """Serves one model; `close` ends it."""

    def __init__(self, model: str, reply: Reply, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen, in threads of its own.

        Args:
            model: the name that it lists.
            reply: answers; called by one thread at a time.
            host: address to listen on.
            port: 0 for a free one.

        Raises:
            OSError: the port is taken.
        """
        handler = type("Handler", (_Handler,), {"model": model, "reply": staticmethod(reply)})
        handler.lock = threading.Lock()  # type: ignore[attr-defined]
        self._server = ThreadingHTTPServer((host, port), handler)
        self._server.daemon_threads = True
        self.url = f"http://{host}:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.daemon = True
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: str
    reply: Reply
    lock: threading.Lock

    def do_GET(self) -> None:
        if self.path.rstrip("/").endswith("/models"):
            self._send({"object": "list", "data": [{"id": self.model, "object": "model"}]})
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there are /v1/models and /v1/chat/completions")

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        if not 0 < length <= _LONGEST_BYTES:
            self.close_connection = True
            self._refuse(HTTPStatus.BAD_REQUEST, "a request has 1 to 64 million bytes")
            return
        body = self.rfile.read(length)
        if not self.path.rstrip("/").endswith("/chat/completions"):
            self._refuse(HTTPStatus.NOT_FOUND, "there are /v1/models and /v1/chat/completions")
            return
        try:
            request = json.loads(body)
            asked = read_request(request)
            with self.lock:
                text = self.reply(asked)
        except RtGraspError as error:
            self._refuse(HTTPStatus.BAD_REQUEST, error.message)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            self._refuse(HTTPStatus.BAD_REQUEST, f"this is no request with a picture ({error})")
        else:
            with suppress(BrokenPipeError, ConnectionResetError):
                self._answer(text, bool(request.get("stream")))

    def _answer(self, text: str, is_streamed: bool) -> None:
        usage = {"completion_tokens": len(text.split())}
        if not is_streamed:
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self._send({"model": self.model, "choices": [choice], "usage": usage})
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for word in text.splitlines(keepends=True):
            self._event({"choices": [{"index": 0, "delta": {"content": word}}]})
        end = {"index": 0, "delta": {}, "finish_reason": "stop"}
        self._event({"choices": [end], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, value: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self._send({"error": {"message": message}}, status)

    def _send(self, value: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> None:
        data = json.dumps(value).encode()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, format: str, *arguments: Any) -> None:
        _log.debug(format, *arguments)


def read_request(request: dict[str, Any]) -> Asked:
    """Return what a request holds.

    Args:
        request: the JSON of a chat completion.

    Raises:
        LookupError, TypeError, ValueError: it holds no message, or no picture.
    """
    picture: NDArray[np.uint8] | None = None
    texts: list[tuple[str, str]] = []
    for message in request["messages"]:
        content = message["content"]
        parts: list[Any] = (
            [{"type": "text", "text": content}] if isinstance(content, str) else content
        )
        said = [part["text"] for part in parts if part["type"] == "text"]
        for part in parts:
            if part["type"] == "image_url":
                picture = _decoded(part["image_url"]["url"])
        texts.append((str(message["role"]), "\n".join(said)))
    if picture is None or not texts:
        raise ValueError("it holds no picture")
    return Asked(picture, tuple(texts))


def _decoded(url: str) -> NDArray[np.uint8]:
    try:
        raw = np.frombuffer(base64.b64decode(url.partition("base64,")[2]), np.uint8)
        picture = cv2.imdecode(raw, cv2.IMREAD_COLOR) if len(raw) else None
    except (binascii.Error, cv2.error):
        picture = None
    if picture is None:
        raise ValueError("a picture is no data URL of a PNG or JPEG")
    return np.asarray(picture[..., ::-1], np.uint8)
