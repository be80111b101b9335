"""The language model's side is a real HTTP server on loopback (`test/model/chat_stand_in.py`)."""

import json
import logging

import pytest
import yaml
from chat_stand_in import ChatStandIn, breaks_off, fails, says, says_at_once

from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.cli.data_templates import KEY_VARIABLE

GOOD = "The {object} lies {place}. It is light, so I take it {where} and close {closing}."
BAD = "The {object} lies {place}."
SECRET = "sk-very-secret-0123456789"


@pytest.fixture
def start(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv(KEY_VARIABLE, SECRET)
    started = []

    def start(*behaviours):
        started.append(ChatStandIn(*behaviours))
        return started[-1]

    yield start
    for stand_in in started:
        stand_in.close()


def ask(stand_in, out, *more):
    arguments = ["data", "templates", "--endpoint", stand_in.url, "--model", "a-model"]
    return main([*arguments, "--out", str(out), "--json", "-", *more])


def test_templates_are_left_for_review(start, tmp_path, capsys, caplog):
    caplog.set_level(logging.DEBUG)
    reply = json.dumps([GOOD, BAD])
    server = start(fails(503), breaks_off, says(reply), says_at_once(reply))
    out = tmp_path / "review.yaml"
    assert ask(server, out, "--category", "cup", "--category", "gearbox") == 0
    captured = capsys.readouterr()
    result = json.loads(captured.out)
    assert (result["asked"], result["templates"], result["refused"]) == (2, 2, 2)
    review = yaml.safe_load(out.read_text())["review"]
    assert review["gearbox"]["templates"] == [GOOD]
    assert "{where} is missing" in review["cup"]["refused"][BAD]
    assert len(server.requests) == 6  # two failed, two for each category
    assert all(body["model"] == "a-model" for body in server.requests)
    assert all(headers["Authorization"] == f"Bearer {SECRET}" for headers in server.headers)
    assert SECRET not in captured.out + captured.err + caplog.text + out.read_text()


def test_a_stopped_run_goes_on(start, tmp_path, capsys):
    out = tmp_path / "review.yaml"
    server = start(says(json.dumps([GOOD])))
    assert ask(server, out, "--category", "cup") == 0
    count = len(server.requests)
    assert ask(server, out, "--category", "cup", "--category", "hat") == 0
    assert len(server.requests) == count + 2
    assert json.loads(capsys.readouterr().out.split("\n}\n")[1] + "}")["kept_earlier"] == 1


def test_a_server_that_refuses_is_named_and_nothing_is_written(start, tmp_path, capsys):
    server = start(fails(401, f"wrong key {SECRET}"))
    assert ask(server, tmp_path / "review.yaml", "--category", "cup") == 2
    message = capsys.readouterr().err
    assert KEY_VARIABLE in message and SECRET not in message
    assert not (tmp_path / "review.yaml").exists()


def test_nonsense_is_refused(start, tmp_path, capsys):
    assert ask(start(says("I had rather not.")), tmp_path / "r.yaml", "--category", "cup") == 2
    assert "JSON list" in capsys.readouterr().err
    assert ask(start(says("[]")), tmp_path / "r.yaml", "--count", "0") == 2
    assert main(["data", "templates", "--endpoint", "nowhere", "--model", "m"]) == 2
