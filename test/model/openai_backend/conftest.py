"""Servers on loopback that end with the test."""

import pytest
from chat_stand_in import ChatStandIn


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def start():
    started = []

    def start(*behaviours, **options):
        started.append(ChatStandIn(*behaviours, **options))
        return started[-1]

    yield start
    for stand_in in started:
        stand_in.close()
