import pytest
from tiny_meshes import tiny_folder

from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes, shipped_meshes
from rt_grasp_ros.sim.meshes.tried_meshes import (
    TRIED_FILE,
    GivenGrasp,
    TriedMesh,
    key_of,
    read_tried_meshes,
    write_tried_meshes,
)
from rt_grasp_ros.sim.scene import random_scene

GRASP = GivenGrasp(0.01, -0.02, 0.06, 30.0, 0.04)


def test_what_was_tried_counts_for_the_mesh_of_that_content_alone(tmp_path):
    folder = tiny_folder(tmp_path / "m")
    key = key_of("block_red", folder / "block_red" / "mesh.obj")
    tried = {key: TriedMesh(GRASP, 1, 3), "bar_blue 000000000000": TriedMesh(GRASP, 3, 3)}
    write_tried_meshes(folder / TRIED_FILE, tried)
    assert read_tried_meshes(folder / TRIED_FILE) == tried
    block, bar = read_meshes(str(folder))
    assert (block.grasp, block.lifted, block.tried, block.holds) == (GRASP, 1, 3, False)
    assert (bar.grasp, bar.tried, bar.holds) == (None, 0, True)


def test_what_did_not_hold_stands_in_no_drawn_scene(tmp_path):
    folder = tiny_folder(tmp_path / "m")
    key = key_of("block_red", folder / "block_red" / "mesh.obj")

    def drawn():
        meshes = read_meshes.__wrapped__(str(folder))  # not those of before it was tried
        scene = random_scene(3, count=2, meshes=meshes)
        return sorted(placed.name for placed in scene.objects)

    assert drawn() == ["bar", "block"]
    write_tried_meshes(folder / TRIED_FILE, {key: TriedMesh(GRASP, 1, 3)})
    assert drawn() == ["bar"]
    write_tried_meshes(folder / TRIED_FILE, {key: TriedMesh(GRASP, 2, 3)})
    assert drawn() == ["bar", "block"]


@pytest.mark.parametrize("text", ["[1]", "a: 1", "a: {grasp: {x_m: 1}, lifted: 1, tried: 1}", "{"])
def test_another_file_is_refused(tmp_path, text):
    (tmp_path / "f.yaml").write_text(text)
    with pytest.raises(DataInvalid, match="try-grasps --meshes"):
        read_tried_meshes(tmp_path / "f.yaml")
    assert read_tried_meshes(tmp_path / "nothing.yaml") == {}


def test_every_mesh_that_ships_was_tried_and_holds():
    meshes = shipped_meshes()
    assert len(meshes) == 12
    assert {(mesh.lifted, mesh.tried) for mesh in meshes} == {(3, 3)}
