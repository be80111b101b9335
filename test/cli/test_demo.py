import pytest

from rt_grasp_ros.cli.__main__ import main


@pytest.mark.parametrize("seed", ["-1", str(2**31)])
def test_a_seed_out_of_bounds_ends_in_a_sentence(seed, tmp_path, capsys):
    assert main(["demo", "--seed", seed, "--out", str(tmp_path)]) == 2
    assert f"seed is {seed}" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_ends_in_a_sentence(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["demo", "--out", str(tmp_path / "file" / "out")]) == 2
    assert "--out" in capsys.readouterr().err
