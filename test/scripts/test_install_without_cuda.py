import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "install_without_cuda.py"


@pytest.fixture
def script(monkeypatch):
    spec = importlib.util.spec_from_file_location("install_without_cuda", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "requirements/train.txt"])
    return module


def report_of(*names):
    return {"install": [{"metadata": {"name": name}} for name in names]}


@pytest.mark.parametrize("name", ["nvidia-cudnn-cu13", "cuda-toolkit", "triton"])
def test_finds_cuda(script, name):
    assert script.find_cuda(report_of("torch", name, "numpy")) == [name]


def test_a_build_for_the_cpu_is_no_cuda(script):
    assert script.find_cuda(report_of("torch", "transformers", "tritonclient")) == []


@pytest.mark.parametrize(("names", "installs"), [(["torch"], 1), (["torch", "triton"], 0)])
def test_installs_only_without_cuda(script, monkeypatch, capsys, names, installs):
    installed = []
    monkeypatch.setattr(script, "resolve", lambda requirements: report_of(*names))
    monkeypatch.setattr(script, "_pip_install", lambda *arguments: installed.append(arguments))
    assert script.main() == 0
    assert len(installed) == installs
    assert ("left out" in capsys.readouterr().out) == (installs == 0)
