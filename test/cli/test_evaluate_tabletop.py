"""`rt-grasp evaluate tabletop`, as it is typed."""

import json

from table_frames import write_tables

from rt_grasp_ros.cli.__main__ import main


def test_the_oracle_is_measured_and_written(tmp_path, capsys):
    write_tables(tmp_path)
    page = tmp_path / "pages"
    options = ["--data", str(tmp_path), "--pointer", "oracle", "--json", "-"]
    assert main(["evaluate", "tabletop", *options, "--pages", str(page)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["model"] == "oracle_pointer"
    assert (report["n"], report["closing_rate"], report["absent_refused_rate"]) == (2, 1.0, 1.0)
    assert report["image_centre_right_object_rate"] == 1.0
    assert report["depth_antipodal_closing_rate"] == 1.0
    assert report["complete"] is True
    assert (page / "index.html").exists()


def test_the_chain_is_measured_without_baselines(tmp_path, capsys):
    write_tables(tmp_path)
    target = tmp_path / "out.json"
    options = ["--data", str(tmp_path), "--no-baselines", "--json", str(target)]
    assert main(["evaluate", "tabletop", *options]) == 0
    report = json.loads(target.read_text())
    assert report["model"].startswith("rt-grasp-tiny")
    assert set(report["by_kind"]) == {"name"}
    assert "image_centre_closing_rate" not in report
    assert "by name (1)" in capsys.readouterr().out


def test_a_folder_without_frames_is_said(tmp_path, capsys):
    assert main(["evaluate", "tabletop", "--data", str(tmp_path)]) != 0
    assert "[DATA_INVALID]" in capsys.readouterr().err
