import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from rt_grasp_ros.cli import evaluate_pictures
from rt_grasp_ros.cli.__main__ import main
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer

LABEL = GraspRectangle(60.0, 40.0, 0.0, 30.0, 15.0, 224, 224)


class Engine:
    """Grasps at the label, and stops by Ctrl-C where it is told so."""

    name = "an engine"
    answers_left = 10**6

    def answer(self, image_rgb, command, max_candidates=1, **_):
        if self.answers_left == 0:
            raise KeyboardInterrupt
        self.answers_left -= 1
        return [Answer("It is here.", LABEL, 1.0)]


@pytest.fixture
def engine(monkeypatch):
    engine = Engine()
    monkeypatch.setattr(evaluate_pictures, "load_engine", lambda folder, backend: engine)
    return engine


@pytest.fixture
def cornell(tmp_path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), np.full((224, 224, 3), 200, np.uint8))
    rows = [
        {
            "image": "a.png",
            "pcd_id": str(number),
            "object_id": number,
            "obj_name": "pen",
            "instruction_name": "Grasp the pen.",
            "grasps": [LABEL.corners().tolist()],
        }
        for number in range(4)
    ]
    (folder / "crops_val.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def test_the_result_is_flat_json_on_standard_output(engine, cornell, capsys):
    assert main(["evaluate", "cornell", "--data", str(cornell), "--json", "-"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["n"] == 4
    assert report["own_width_accuracy"] == report["ground_truth_width_accuracy"] == 1
    assert report["parse_failure_rate"] == report["median_centre_error_px"] == 0
    assert report["image_centre_baseline_accuracy"] == 0
    assert (report["model"], report["split"], report["picture_set"]) == (
        "an engine",
        "val",
        "crops",
    )


def test_pages_are_written_beside_the_table(engine, cornell, tmp_path, capsys):
    pages = tmp_path / "pages"
    status = main(["evaluate", "folder", "--data", str(cornell), "--pages", str(pages)])
    assert status == 0
    assert "own width accuracy" in capsys.readouterr().out
    assert "Hits (4 shown)" in (pages / "index.html").read_text()
    assert cv2.imread(str(pages / "contact_sheet.png")) is not None


def test_jacquard_is_read_in_its_own_layout(engine, tmp_path, capsys):
    folder = tmp_path / "abc"
    folder.mkdir()
    cv2.imwrite(str(folder / "0_abc_RGB.png"), np.full((1024, 1024, 3), 200, np.uint8))
    (folder / "0_abc_grasps.txt").write_text("60;40;0;30;15\n512;512;0;100;50\n")
    assert main(["evaluate", "jacquard", "--data", str(tmp_path), "--json", "-"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["data_set"], report["split"], report["own_width_accuracy"]) == (
        "jacquard",
        None,
        1,
    )


def test_ctrl_c_leaves_what_was_done(engine, cornell, tmp_path):
    engine.answers_left = 2
    target = tmp_path / "result.json"
    assert main(["evaluate", "cornell", "--data", str(cornell), "--json", str(target)]) == 130
    report = json.loads(target.read_text())
    assert (report["n"], report["complete"]) == (2, False)


def test_seeds_and_folds_from_the_command_line(engine, cornell, tmp_path, capsys):
    model = shutil.copytree(cornell, tmp_path / "model")
    models = ["--model", str(model), str(model)]
    arguments = ["evaluate", "cornell", "--data", str(cornell), "--json", "-", *models]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["own_width_accuracy_seed_sd"] == 0
    assert main([*arguments, "--folds", "2", "--by", "image"]) == 0
    assert json.loads(capsys.readouterr().out)["own_width_accuracy_by_fold"] == [1, 1]
    assert main([*arguments, "--folds", "3"]) == 2
    assert "3 folds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--limit", "0"], "--limit"),
        (["--split", "test"], "crops_test.jsonl"),
        (["--set", "frames"], "frames_val.jsonl"),
        (["--commands", "shape"], "--commands"),
        (["--chain"], "'a.png' has no depth"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(engine, cornell, capsys, arguments, said):
    assert main(["evaluate", "cornell", "--data", str(cornell), *arguments]) == 2
    assert said in capsys.readouterr().err
