import pytest
from tiny_meshes import tiny_folder

from rt_grasp_ros.rollout import mesh_trials
from rt_grasp_ros.rollout.grasp_trials import FIRST_TRIAL_SEED
from rt_grasp_ros.rollout.mesh_trials import is_mesh_lifted, mesh_key, try_meshes
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes, shipped_meshes
from rt_grasp_ros.sim.meshes.mesh_shape import candidate_grasps
from rt_grasp_ros.sim.meshes.tried_meshes import read_tried_meshes


@pytest.fixture
def meshes(tmp_path):
    return read_meshes(str(tiny_folder(tmp_path / "m")))


@pytest.mark.sim
def test_a_mesh_that_ships_is_lifted_in_the_physics():
    (toy_car,) = (mesh for mesh in shipped_meshes() if mesh.name == "toy_car_wood")
    assert is_mesh_lifted(toy_car, FIRST_TRIAL_SEED)


def test_grasps_are_tried_in_turn_until_one_never_fails(tmp_path, meshes, monkeypatch):
    block = meshes[0]
    good, asked = candidate_grasps(block, 4)[1], []

    def pretend(mesh, seed):
        asked.append((mesh.name, mesh.grasp))
        return None if seed == FIRST_TRIAL_SEED else mesh.name == "bar_blue" or mesh.grasp == good

    monkeypatch.setattr(mesh_trials, "is_mesh_lifted", pretend)
    path, steps = tmp_path / "tried.yaml", []
    tried = try_meshes(path, meshes, 2, 1, lambda *step: steps.append(step))
    assert (tried[mesh_key(block)].lifted, tried[mesh_key(block)].tried) == (2, 2)
    assert tried[mesh_key(block)].grasp == good
    assert [name for name, _ in asked] == ["block_red"] * 6 + ["bar_blue"] * 3
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert read_tried_meshes(path).keys() == tried.keys()
    asked.clear()
    try_meshes(path, meshes, 2, 1)
    assert asked == []


def test_where_every_grasp_fails_at_times_the_best_is_kept(tmp_path, meshes, monkeypatch):
    second = candidate_grasps(meshes[0], 4)[1]

    def pretend(mesh, seed):
        return mesh.grasp == second and seed == FIRST_TRIAL_SEED

    monkeypatch.setattr(mesh_trials, "is_mesh_lifted", pretend)
    (best,) = try_meshes(tmp_path / "tried.yaml", meshes[:1], 2, 1).values()
    assert (best.grasp, best.lifted, best.tried) == (second, 1, 2)
