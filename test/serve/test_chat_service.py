"""The server of ours, over a real socket."""

import json
import urllib.error
import urllib.request

import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.model.openai_backend.server_session import data_url
from rt_grasp_ros.serve.chat_service import ChatService

PICTURE = np.full((32, 48, 3), (200, 10, 10), np.uint8)


@pytest.fixture
def service():
    def reply(asked):
        if asked.question == "fail":
            raise RequestInvalid("It is not possible.")
        shape = asked.picture_rgb.shape
        return f"{asked.question} {shape[1]}x{shape[0]} {asked.picture_rgb[0, 0].argmax()}"

    with ChatService("a-model", reply) as service:
        yield service


def post(url, body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=20) as response:
        return response.headers["content-type"], response.read().decode()


def request(question="hi", **others):
    part = {"type": "image_url", "image_url": {"url": data_url(PICTURE, "png")}}
    content = [part, {"type": "text", "text": question}]
    return {"model": "a-model", "messages": [{"role": "user", "content": content}], **others}


def test_an_answer_at_once_and_streamed_is_the_same(service):
    _, whole = post(f"{service.url}/chat/completions", request())
    assert json.loads(whole)["choices"][0]["message"]["content"] == "hi 48x32 0"
    kind, streamed = post(f"{service.url}/chat/completions", request(stream=True))
    assert kind.startswith("text/event-stream")
    events = [line.removeprefix("data: ") for line in streamed.splitlines() if line]
    assert events[-1] == "[DONE]"
    choices = [json.loads(event)["choices"][0] for event in events[:-1]]
    assert "".join(choice["delta"].get("content", "") for choice in choices) == "hi 48x32 0"
    assert choices[-1]["finish_reason"] == "stop"


def test_the_model_is_listed(service):
    with urllib.request.urlopen(f"{service.url}/models", timeout=20) as response:
        assert [model["id"] for model in json.load(response)["data"]] == ["a-model"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"no json", "no request"),
        ({"messages": []}, "no picture"),
        ({"messages": [{"role": "user", "content": "no picture"}]}, "no picture"),
        (request("fail"), "It is not possible."),
        ({}, "messages"),
    ],
)
def test_what_can_t_be_answered_is_refused_with_a_reason(service, body, said):
    with pytest.raises(urllib.error.HTTPError) as error:
        post(f"{service.url}/chat/completions", body)
    assert error.value.code == 400
    assert said in json.load(error.value)["error"]["message"]
