import json
from pathlib import Path

import pytest
from cornell_pictures import write_pictures

from rt_grasp_ros.cli.__main__ import main


@pytest.fixture
def labelled(tmp_path):
    lines = ["image,object,x_px,y_px,theta_deg,opening_px"]
    for picture in write_pictures(tmp_path, 4):
        for label in picture.rectangles:
            numbers = f"{label.x_px},{label.y_px},90,{label.opening_px}"
            lines.append(f"{picture.image_path.name},{picture.object_name},{numbers}")
    (tmp_path / "grasps.csv").write_text("\n".join(lines))
    return tmp_path


def test_a_folder_becomes_conversations(labelled, tmp_path, capsys):
    arguments = ["data", "build", "--source", "folder", "--data", str(labelled)]
    arguments += ["--out", str(tmp_path / "out"), "--processes", "1", "--json", "-"]
    assert main(arguments) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["pictures"], result["conversations"], result["left_out"]) == (4, 8, [])
    rows = Path(result["file"]).read_text().splitlines()
    assert "x 0." in json.loads(rows[0])["conversations"][1]["value"]
    assert main(arguments) == 0  # finished already


def test_answers_may_be_bare_numbers(labelled, tmp_path):
    arguments = ["data", "build", "--source", "folder", "--data", str(labelled), "--out"]
    assert (
        main([*arguments, str(tmp_path / "out"), "--answers", "numbers", "--dialogues", "1"]) == 0
    )
    for line in (tmp_path / "out" / "conversations.jsonl").read_text().splitlines():
        for turn in json.loads(line)["conversations"][1::2]:
            assert all(0 <= float(number) < 1 for number in turn["value"].split())


def test_what_cannot_be_built_is_said(tmp_path, capsys):
    assert main(["data", "build", "--source", "folder", "--out", str(tmp_path)]) == 2
    assert "--data" in capsys.readouterr().err
    arguments = ["data", "build", "--source", "cornell", "--format", "shards"]
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    assert "simulated" in capsys.readouterr().err
    arguments = ["data", "build", "--source", "cornell", "--meshes", str(tmp_path)]
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    assert "leave out --meshes" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["data", "build", "--views", "0"])


def test_only_objects_of_the_cell_can_be_tried(tmp_path, capsys):
    arguments = ["data", "try-grasps", "--out", str(tmp_path / "tried.yaml")]
    assert main([*arguments, "--object", "unicorn"]) == 2
    assert "unicorn" in capsys.readouterr().err
    assert main([*arguments, "--tries", "0"]) == 2


def test_what_was_tried_already_is_reported_with_the_parts_that_fail(tmp_path, capsys):
    path = tmp_path / "tried.yaml"
    path.write_text("mug: {handle: {lifted: 0, tried: 2}, rim: {lifted: 2, tried: 2}}\n")
    arguments = ["data", "try-grasps", "--out", str(path), "--tries", "2", "--object", "mug"]
    assert main([*arguments, "--json", "-"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["parts"], result["lifted"], result["tried"]) == (2, 2, 4)
    assert result["failing_parts"] == ["mug handle"]
    assert result["objects_whose_usual_part_fails"] == ["mug"]
