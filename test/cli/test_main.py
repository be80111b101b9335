import json

import pytest

from rt_grasp_ros.cli.__main__ import VERBS, build_parser, main


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb, capsys):
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([verb, "--help"])
    assert ended.value.code == 0
    assert verb in capsys.readouterr().out


def test_a_failure_is_one_sentence_with_its_code(tmp_path, capsys):
    status = main(["evaluate", "sim", "--scenes", "1", "--model", str(tmp_path)])
    assert status == 2
    said = capsys.readouterr().err
    assert "config.json" in said
    assert "CHECKPOINT_INVALID" in said
    assert "Traceback" not in said


def test_no_scene_is_refused(capsys):
    assert main(["evaluate", "sim", "--scenes", "0", "--oracle"]) == 2
    assert "at least one scene" in capsys.readouterr().err


@pytest.mark.sim
def test_evaluate_writes_flat_json(tmp_path):
    target = tmp_path / "result.json"
    status = main(
        ["evaluate", "sim", "--scenes", "1", "--seed", "3", "--oracle", "--json", str(target)]
    )
    report = json.loads(target.read_text())
    assert status == 0
    assert report["scenes"] == report["attempts"] == len(report["attempts_detail"]) == 1
    rates = {name: value for name, value in report.items() if name.endswith("_rate")}
    assert rates.keys() >= {
        "lifted_rate",
        "wrong_object_rate",
        "part_right_rate",
        "refused_rate",
        "no_plan_rate",
    }
    assert all(rate is None or 0 <= rate <= 1 for rate in rates.values())


@pytest.mark.sim
def test_doctor_finds_the_model_and_says_what_is_missing(tmp_path, capsys):
    well, ill = tmp_path / "well.json", tmp_path / "ill.json"
    main(["doctor", "--wait-s", "0.2", "--json", str(well)])
    findings = {f["check"]: f for f in json.loads(well.read_text())["findings"]}
    assert findings["model"]["status"] == "ok"
    assert findings["rendering"]["status"] == "ok"
    status = main(["doctor", "--wait-s", "0.2", "--model", str(tmp_path), "--json", str(ill)])
    findings = {f["check"]: f for f in json.loads(ill.read_text())["findings"]}
    assert status == 1
    assert findings["model"]["status"] == "wrong"
    assert "config.json" in findings["model"]["message"]
