import json

import pytest

from rt_grasp_ros.cli.__main__ import main


@pytest.fixture
def results(tmp_path):
    paths = [tmp_path / "a" / "val.json", tmp_path / "b" / "val.json", tmp_path / "sim.json"]
    for number, path in enumerate(paths):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"n": number}))
    return list(map(str, paths))


def test_results_are_named_after_their_files(results, capsys):
    assert main(["evaluate", "compare", *results[1:]]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "|  | val | sim |"
    assert main(["evaluate", "compare", *results, "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        results[0]: {"n": 0},
        results[1]: {"n": 1},
        "sim": {"n": 2},
    }


@pytest.mark.parametrize("content", [None, "{", "[1]"])
def test_what_is_no_result_is_named(tmp_path, capsys, content):
    path = tmp_path / "x.json"
    if content is not None:
        path.write_text(content)
    assert main(["evaluate", "compare", str(path)]) == 2
    assert "x.json" in capsys.readouterr().err
