import pytest

from rt_grasp_ros.data.tried_grasps import Trials, read_trials
from rt_grasp_ros.rollout import grasp_trials
from rt_grasp_ros.rollout.grasp_trials import FIRST_TRIAL_SEED, is_lifted, try_grasps


@pytest.mark.sim
def test_a_good_grasp_lifts_in_the_physics():
    assert is_lifted("banana", "middle", FIRST_TRIAL_SEED)


def test_each_part_is_tried_where_the_arm_reaches_and_only_once(tmp_path, monkeypatch):
    outcomes = {("mug", "rim"): [None, True, False], ("can", "body"): [None] * 8}
    asked = []

    def pretend(object_name, part_name, seed):
        asked.append((object_name, part_name))
        return outcomes[object_name, part_name][seed - FIRST_TRIAL_SEED]

    monkeypatch.setattr(grasp_trials, "is_lifted", pretend)
    path, steps = tmp_path / "tried.yaml", []
    found = try_grasps(path, 2, 1, list(outcomes), lambda *step: steps.append(step))
    assert found == {("mug", "rim"): Trials(1, 2), ("can", "body"): Trials(0, 0)}
    assert read_trials(path) == found
    assert steps == [(0, 2), (1, 2), (2, 2)]
    asked.clear()
    try_grasps(path, 2, 1, [("mug", "rim")])
    assert asked == []
