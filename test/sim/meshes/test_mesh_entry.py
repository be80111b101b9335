import json
from dataclasses import replace

import pytest
from tiny_meshes import row, tiny_folder

from rt_grasp_ros.grasp.errors import DataInvalid, RequestInvalid
from rt_grasp_ros.sim.meshes.mesh_entry import meshes_in, read_meshes


def test_an_index_is_read_from_the_folder_or_from_its_splits(tmp_path):
    folder = tiny_folder(tmp_path / "all" / "train")
    block, bar = read_meshes(str(tmp_path / "all"))
    assert read_meshes(str(folder)) == (block, bar)
    assert (block.name, block.noun, block.colour) == ("block_red", "block", "red")
    assert block.names == ("block", "toy block")
    assert block.uses == ("for playing with a block",)
    assert block.grasp is None
    assert replace(bar, purpose="toy").uses == ()


def test_a_grasp_of_the_index_is_in_metres(tmp_path):
    folder = tiny_folder(tmp_path / "m")
    rows = json.loads((folder / "index.json").read_text())
    rows[0]["one_grasp"] = {"x_cm": 1, "y_cm": -2, "top_cm": 6, "closing_deg": 30, "width_cm": 4}
    (folder / "index.json").write_text(json.dumps(rows))
    grasp = read_meshes(str(folder))[0].grasp
    assert (grasp.x_m, grasp.y_m, grasp.top_m, grasp.width_m) == (0.01, -0.02, 0.06, 0.04)
    assert grasp.closing_deg == 30.0


def test_things_whose_names_may_be_said_of_each_other_are_told(tmp_path):
    block, bar = read_meshes(str(tiny_folder(tmp_path / "m")))
    assert block.may_be_called(replace(bar, noun="wooden block"))
    assert block.may_be_called(replace(bar, other_names=("block",)))
    assert not block.may_be_called(replace(bar, noun="blockade"))


@pytest.mark.parametrize("broken", ["[{}]", "{", "[1]", '{"a": 1}'])
def test_a_broken_index_is_refused(tmp_path, broken):
    (tmp_path / "index.json").write_text(broken)
    with pytest.raises(DataInvalid, match=r"docs/data\.md"):
        read_meshes(str(tmp_path))


def test_unknown_colours_and_missing_files_are_refused(tmp_path):
    (tmp_path / "index.json").write_text(json.dumps([row("a", "thing", "beige")]))
    with pytest.raises(DataInvalid, match="beige"):
        read_meshes(str(tmp_path))
    folder = tiny_folder(tmp_path / "m")
    (folder / "bar_blue" / "texture.jpg").unlink()
    with pytest.raises(DataInvalid, match=r"'bar_blue' .* has no texture\.jpg"):
        read_meshes(str(folder))
    with pytest.raises(DataInvalid, match=r"no index\.json"):
        read_meshes(str(tmp_path / "nowhere"))


def test_two_folders_may_not_hold_the_same_name(tmp_path):
    folders = [str(tiny_folder(tmp_path / name)) for name in ("a", "b")]
    assert len(meshes_in(folders[:1])) == 2
    assert meshes_in([]) == ()
    with pytest.raises(RequestInvalid, match="'bar_blue'"):
        meshes_in(folders)
