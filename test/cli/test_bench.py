from rt_grasp_ros.cli.__main__ import main


def test_too_few_runs_are_refused(capsys):
    assert main(["bench", "cpu", "--runs", "4"]) == 2
    assert "at least --runs 5" in capsys.readouterr().err
