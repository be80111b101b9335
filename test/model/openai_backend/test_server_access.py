"""The server's address and key: checked before anything is sent, and told to nobody else."""

import logging

import pytest
from chat_stand_in import fails, says
from served_engine import IMAGE, KEY_VARIABLE, MUG, engine_for

from rt_grasp_ros.grasp.errors import RequestInvalid, ServerRefused

SECRET = "sk-very-secret-0123456789"


def test_the_key_comes_from_the_environment_and_is_told_to_nobody_else(start, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(KEY_VARIABLE, f"{SECRET}\n")
    stand_in = start(fails(401, f"the key {SECRET} is wrong"))
    engine = engine_for(stand_in)
    with pytest.raises(ServerRefused) as caught:
        engine.answer(IMAGE, "it")
    assert stand_in.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in caught.value.message
    assert SECRET not in str(vars(caught.value))
    assert SECRET not in caplog.text
    assert SECRET not in engine.name


def test_without_a_key_none_is_sent(start):
    stand_in = start(says(MUG))
    engine_for(stand_in).answer(IMAGE, "it")
    assert "Authorization" not in stand_in.headers[0]


def test_a_key_that_can_be_none_is_refused_without_showing_it(start, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, f"{SECRET}\nX-Evil: 1")
    with pytest.raises(RequestInvalid, match=KEY_VARIABLE) as caught:
        engine_for("http://127.0.0.1:1/v1")
    assert SECRET not in caught.value.message


@pytest.mark.parametrize(
    "url",
    ["", "gpu-server:8000", "ftp://gpu/v1", "http://", "http://[::1", "http://gpu:x/v1"],
)
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(RequestInvalid, match="server_url"):
        engine_for(url)


@pytest.mark.parametrize("url", ["http://me:pw@gpu/v1", "http://gpu/v1?key=pw"])
def test_a_url_with_secrets_is_refused(url):
    with pytest.raises(RequestInvalid) as caught:
        engine_for(url)
    assert "pw" not in caught.value.message
