from pathlib import Path

import pytest

from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.data.data_folder import folder_of
from rt_grasp_ros.grasp.errors import DataInvalid


def test_data_lies_where_the_variable_says(monkeypatch):
    monkeypatch.setenv("RT_GRASP_DATA", "~/sets")
    assert folder_of("jacquard") == Path.home() / "sets" / "jacquard"


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_is_said_what_to_do(monkeypatch, value):
    monkeypatch.delenv("RT_GRASP_DATA", raising=False)
    if value is not None:
        monkeypatch.setenv("RT_GRASP_DATA", value)
    with pytest.raises(DataInvalid, match=r"--data .* RT_GRASP_DATA .* docs/data\.md"):
        folder_of("cornell")


@pytest.mark.parametrize(
    "verb",
    [
        ["evaluate", "cornell"],
        ["evaluate", "jacquard"],
        ["evaluate", "tabletop", "--pointer", "oracle"],
        ["data", "build", "--source", "cornell", "--out", "OUT"],
    ],
)
def test_no_verb_guesses_a_folder(monkeypatch, tmp_path, capsys, verb):
    monkeypatch.delenv("RT_GRASP_DATA", raising=False)
    assert main([str(tmp_path / "out") if word == "OUT" else word for word in verb]) == 2
    assert f"Say where the data set '{verb[3] if verb[0] == 'data' else verb[1]}' lies" in (
        capsys.readouterr().err
    )
