"""An OpenAI-compatible server on loopback that behaves as it is told, request by request."""

import json
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChatStandIn:
    """Answers `chat/completions` with its behaviours in turn, the last one again and again."""

    def __init__(self, *behaviours, models=("a-model",)):
        self.requests = []
        self.headers = []
        self.models = models
        self.hung_up = threading.Event()
        self._behaviours = list(behaviours)
        self._lock = threading.Lock()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                stand_in.headers.append(dict(self.headers))
                answer_json(self, {"data": [{"id": name} for name in stand_in.models]})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                with stand_in._lock:
                    stand_in.headers.append(dict(self.headers))
                    stand_in.requests.append(body)
                    many = len(stand_in._behaviours) > 1
                    behave = stand_in._behaviours.pop(0) if many else stand_in._behaviours[0]
                try:
                    behave(self, body)
                except (BrokenPipeError, ConnectionResetError):
                    stand_in.hung_up.set()
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def answer_json(handler, body, status=200, headers=()):
    data = json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(data)))
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def fails(status, message="out of order", headers=()):
    """Answer with an error."""
    return lambda handler, body: answer_json(
        handler, {"error": {"message": message}}, status, headers
    )


def begin_stream(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream; charset=utf-8")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True


def event(handler, body):
    data = body if isinstance(body, str) else json.dumps(body)
    handler.wfile.write(f"data: {data}\n\n".encode())
    handler.wfile.flush()


def word(text, index=0, log_prob=None):
    choice = {"index": index, "delta": {"content": text}}
    if log_prob is not None:
        choice["logprobs"] = {"content": [{"token": text, "logprob": log_prob}]}
    return {"choices": [choice]}


def says(*texts, word_s=0.0, log_prob=-0.5):
    """Stream as many of the texts as are asked for, word by word, all at the same time."""

    def behave(handler, body):
        begin_stream(handler)
        event(handler, {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
        for index, text in enumerate(texts[: body.get("n", 1)]):
            for part in text.split(" "):
                time.sleep(word_s)
                handler.wfile.write(b": keep-alive\n\n")
                event(handler, word(f"{part} ", index, log_prob))
        event(handler, {"choices": [], "usage": {"completion_tokens": 1}})
        event(handler, "[DONE]")

    return behave


def says_at_once(text):
    """Answer without streaming, whatever was asked for."""
    return lambda handler, body: answer_json(
        handler, {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}
    )


def streams(*events):
    """Stream these events and close the connection."""

    def behave(handler, body):
        begin_stream(handler)
        for each in events:
            event(handler, each)

    return behave


def sends(data, content_type="text/html"):
    """Answer with these bytes."""

    def behave(handler, body):
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return behave


def breaks_off(handler, body):
    """Promise more bytes than come, and close our half of the connection."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_WR)
    handler.close_connection = True


def hangs_up(handler, body):
    """Close the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def is_silent(handler, body):
    """Accept the request and say nothing until the other side hangs up."""
    handler.connection.settimeout(10.0)
    with suppress(TimeoutError):
        if not handler.connection.recv(1):
            raise BrokenPipeError


def keeps_alive_only(handler, body):
    """Stream comments and never a word."""
    begin_stream(handler)
    for _ in range(1000):
        handler.wfile.write(b": still there\n\n")
        handler.wfile.flush()
        time.sleep(0.05)
