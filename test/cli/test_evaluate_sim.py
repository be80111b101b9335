"""`rt-grasp evaluate sim` reads its options, writes its result, and goes on where it was."""

import json

import pytest

from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.cli.evaluate_sim import object_count

pytestmark = pytest.mark.sim

SIM = ["evaluate", "sim", "--oracle", "--objects", "1-2", "--scenes", "2", "--seed", "5"]


@pytest.mark.parametrize(("text", "count"), [("4-6", (4, 6)), ("3", (3, 3)), ("1-6", (1, 6))])
def test_counts_of_objects(text, count):
    assert object_count(text) == count


@pytest.mark.parametrize("text", ["0", "7", "6-4", "4-7", "-", "4-", "four", "44", ""])
def test_what_is_no_count_ends_in_a_sentence(text, capsys):
    with pytest.raises(SystemExit):
        main(["evaluate", "sim", f"--objects={text}"])
    assert "give 1 to 6" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--scenes", "0"], "at least one scene"),
        (["--seed", "-1"], "seed of 0 or more"),
        (["--processes", "0"], "at least one process"),
        (["--suite", "--unseen"], "leave --objects"),
        (["--suite", "--objects", "2"], "leave --objects"),
        (["--suite", "--meshes", "nowhere"], "leave --objects"),
        (["--unseen", "--meshes", "nowhere"], "are no meshes"),
        (["--meshes", "nowhere"], "holds no index.json"),
    ],
)
def test_options_that_do_not_fit_end_in_a_sentence(options, words, capsys):
    assert main(["evaluate", "sim", "--oracle", *options]) == 2
    assert words in capsys.readouterr().err


def test_a_stopped_run_goes_on_and_another_one_is_refused(tmp_path, capsys):
    result, partial = tmp_path / "result.json", tmp_path / "result.json.partial"
    assert main([*SIM, "--json", str(result)]) == 0
    report = json.loads(result.read_text())
    assert report["lifted_rate"] == 1.0
    assert report["model"] == "oracle"
    assert not partial.exists()

    settings = {
        "scenes": 2,
        "seed": 5,
        "backend": "auto",
        "oracle": True,
        "unseen": False,
        "phrasing": "plain",
        "suite": False,
        "objects": [1, 2],
        "meshes": [],
        "camera": {"names": ["cell"], "height_m": None, "tilt_deg": None, "with_room": False},
        "checkpoint_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    row = {**report["attempts_detail"][0], "command": "said before"}
    lines = [{"settings": settings}, {"key": "picks/0", "row": row}]
    partial.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main([*SIM, "--json", str(result)]) == 0
    again = json.loads(result.read_text())["attempts_detail"]
    assert again[0]["command"] == "said before"
    assert again[1]["command"] == report["attempts_detail"][1]["command"]

    partial.write_text(json.dumps({"settings": {**settings, "seed": 6}}) + "\n")
    assert main([*SIM, "--json", str(result)]) == 2
    assert "another evaluation" in capsys.readouterr().err
