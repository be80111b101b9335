"""Chat servers that are stricter or looser than the standard, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.errors import RtGraspError
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.openai_backend.openai_engine import OpenAiEngine
from rt_grasp_ros.model.server_settings import ServerSettings

_ITEM = "servers"
_THOUGHT, _NUMBERS = "It is long.", "<answer>(322, 238, 30, 60)</answer>"

Reply = Callable[[dict[str, Any]], tuple[int, str, bytes]]
"""From a request to status, content type and body."""


def cases() -> list[Case]:
    """Return the cases of this kind."""
    whole = f"<think>{_THOUGHT}</think>{_NUMBERS}"
    plain = _stream(_said(content=whole))
    read: dict[str, tuple[str, Reply]] = {
        "content as a list of parts": (
            "litellm#16272",
            _stream(_said(content=[{"type": "text", "text": whole}])),
        ),
        "reasoning_content": (
            "vllm#52640",
            _stream(_said(reasoning_content=_THOUGHT), _said(content=_NUMBERS)),
        ),
        "reasoning": ("vllm", _stream(_said(reasoning=_THOUGHT), _said(content=_NUMBERS))),
        "no logprobs": ("Arbor#49", _refusing("logprobs", "Unknown name 'logprobs'", plain)),
        "max_completion_tokens": (
            "langchain#27886",
            _refusing("max_tokens", "max_tokens: use 'max_completion_tokens' instead", plain),
        ),
        "no temperature": (
            "openai",
            _refusing("temperature", "'temperature' does not support 0.0", plain),
        ),
        "no streaming": (
            "gateways",
            _refusing("stream", "stream is not supported", _at_once(whole)),
        ),
        "a chunk of usage alone": ("openai", _stream(_said(content=whole), {"usage": {}})),
    }
    named: dict[str, tuple[str, str, Reply]] = {
        "cut off while thinking": (
            "vllm#52640",
            "ANSWER_CUT_OFF",
            _stream(_said("length", reasoning_content="I think.")),
        ),
        "cut off in the numbers": (
            "review",
            "ANSWER_CUT_OFF",
            _stream(_said("length", content="<answer>(322, 238, 30, 6")),
        ),
        "a content filter": (
            "openai",
            "ANSWER_WITHHELD",
            _stream(_said("content_filter", content="")),
        ),
        "a page of a proxy": (
            "review",
            "SERVER_UNAVAILABLE",
            lambda _: (200, "text/html", b"<!DOCTYPE html><html>Sign in</html>"),
        ),
        "another model": (
            "review",
            "SERVER_REFUSED",
            lambda _: (404, "application/json", b'{"error": {"message": "model not found"}}'),
        ),
    }
    return [
        *(
            Case(_ITEM, name, source, "read", partial(_reads, reply))
            for name, (source, reply) in read.items()
        ),
        *(
            Case(_ITEM, name, source, code, partial(_names, code, reply))
            for name, (source, code, reply) in named.items()
        ),
    ]


def _said(finish: str | None = None, **said: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": said, "finish_reason": finish}]}


def _stream(*chunks: dict[str, Any]) -> Reply:
    events = [json.dumps(chunk) for chunk in chunks] + ["[DONE]"]
    body = "".join(f"data: {event}\n\n" for event in events).encode()
    return lambda _: (200, "text/event-stream", body)


def _at_once(text: str) -> Reply:
    body = json.dumps({"choices": [{"index": 0, "message": {"content": text}}]}).encode()
    return lambda _: (200, "application/json", body)


def _refusing(name: str, words: str, otherwise: Reply) -> Reply:
    body = json.dumps({"error": {"message": words}}).encode()

    def reply(request: dict[str, Any]) -> tuple[int, str, bytes]:
        is_asked = request.get(name) not in (None, False)
        return (400, "application/json", body) if is_asked else otherwise(request)

    return reply


@contextmanager
def _engine(reply: Reply) -> Iterator[OpenAiEngine]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, "application/json", b'{"data": [{"id": "qwen"}]}')

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._send(*reply(request))

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1"
        settings = ServerSettings(url=url, model="m", retries=0)
        yield OpenAiEngine(EngineSettings(family="realvlg_r1", server=settings))
    finally:
        server.shutdown()
        server.server_close()


def _reads(reply: Reply) -> str:
    with _engine(reply) as engine:
        answer = engine.answer(np.zeros((476, 644, 3), np.uint8), "the banana")[0]
    if answer.rectangle is None or answer.rectangle.x_px != 322 or answer.reasoning != _THOUGHT:
        raise CaseFailed(f"read as {answer}")
    return "(322, 238) with its reasoning"


def _names(code: str, reply: Reply) -> str:
    try:
        with _engine(reply) as engine:
            answer = engine.answer(np.zeros((476, 644, 3), np.uint8), "the banana")[0]
    except RtGraspError as error:
        if error.code.name == code:
            return error.message
        raise CaseFailed(f"{error.code.name}: {error.message}") from error
    raise CaseFailed(f"read as {answer.rectangle}")
