import pytest

from rt_grasp_ros.data.tried_grasps import Trials, failing_parts, read_trials, write_trials
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.sim.objects import PARTS


def test_a_file_gives_back_what_was_written(tmp_path):
    trials = {("mug", "rim"): Trials(2, 3), ("banana", "end"): Trials(0, 3)}
    write_trials(tmp_path / "deep" / "tried.yaml", trials)
    assert read_trials(tmp_path / "deep" / "tried.yaml") == trials
    assert read_trials(tmp_path / "none.yaml") == {}


@pytest.mark.parametrize("text", ["[1]", "mug: 3", "mug: {rim: {lifted: 1}}", "{"])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "tried.yaml"
    path.write_text(text)
    with pytest.raises(DataInvalid, match="try-grasps"):
        read_trials(path)


def test_half_must_hold():
    assert Trials(1, 2).holds and Trials(3, 3).holds and not Trials(1, 3).holds


def test_the_shipped_file_speaks_of_parts_that_there_are():
    assert all(part in PARTS[name] for name, part in failing_parts())
    usual = {(name, PARTS[name][0]) for name in PARTS}
    assert not usual & failing_parts()
