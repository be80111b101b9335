import argparse
from pathlib import Path

import pytest

from rt_grasp_ros.cli import engine_options
from rt_grasp_ros.cli.engine_options import add_engine_options, engine_from
from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.model.engine import EngineSettings


def parsed(*options):
    parser = argparse.ArgumentParser()
    add_engine_options(parser)
    return parser.parse_args(options)


@pytest.fixture
def loaded(monkeypatch):
    calls = []
    monkeypatch.setattr(engine_options, "load_engine", lambda *call: calls.append(call))
    return calls


def test_without_options_everything_is_as_the_engine_has_it(loaded):
    engine_from(parsed(), Path("a"))
    assert loaded == [(Path("a"), "auto", EngineSettings())]


def test_every_option_reaches_the_engine(loaded):
    engine_from(
        parsed(
            *("--backend", "openai", "--family", "realvlg_r1", "--device", "cpu"),
            *("--quantise", "nf4", "--adapter", "lora", "--server-url", "http://gpu/v1"),
            *("--server-model", "m", "--server-key-variable", "KEY", "--acceleration", "graphs"),
        ),
        Path("a"),
    )
    ((_, backend, settings),) = loaded
    assert backend == "openai"
    assert settings.family == "realvlg_r1"
    assert (settings.server.url, settings.server.model) == ("http://gpu/v1", "m")
    assert settings.server.key_variable == "KEY"
    assert (settings.torch.device, settings.torch.quantise) == ("cpu", "nf4")
    assert settings.torch.adapter == Path("lora")
    assert settings.torch.acceleration == "graphs"


def test_a_server_without_a_url_is_refused():
    with pytest.raises(RequestInvalid, match="server_url"):
        engine_from(parsed("--backend", "openai"), Path("a"))
