"""Tables with textured meshes, drawn with the truth of what each pixel shows."""

import json

import cv2
import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.sim.mesh_pictures import draw_mesh_pictures
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes

CUBE = """v -.04 -.04 0
v .04 -.04 0
v .04 .04 0
v -.04 .04 0
v -.04 -.04 .08
v .04 -.04 .08
v .04 .04 .08
v -.04 .04 .08
vt .5 .5
f 1/1 3/1 2/1
f 1/1 4/1 3/1
f 5/1 6/1 7/1
f 5/1 7/1 8/1
f 1/1 2/1 6/1
f 1/1 6/1 5/1
f 2/1 3/1 7/1
f 2/1 7/1 6/1
f 3/1 4/1 8/1
f 3/1 8/1 7/1
f 4/1 1/1 5/1
f 4/1 5/1 8/1
"""


@pytest.fixture
def meshes(tmp_path):
    """A folder of a red and a blue cube."""
    entries = []
    for name, bgr in (("cube_red", (20, 20, 220)), ("cube_blue", (220, 20, 20))):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "mesh.obj").write_text(CUBE)
        cv2.imwrite(str(folder / "texture.jpg"), np.full((64, 64, 3), bgr, np.uint8))
        of_all = {"noun": "cube", "size_cm": [8, 8, 8], "mass_kg": 0.1}
        entries.append({"name": name, "colour": name.removeprefix("cube_"), **of_all})
    (tmp_path / "index.json").write_text(json.dumps(entries))
    return tmp_path


@pytest.mark.sim
def test_each_thing_is_where_its_ids_say_in_its_own_colour(meshes):
    things = read_meshes(str(meshes))
    assert [thing.name for thing in things] == ["cube_red", "cube_blue"]
    pictures = list(draw_mesh_pictures(things, seed=5, views=2))
    assert len(pictures) == 2
    for picture in pictures:
        for number, thing in enumerate(picture.things, 1):
            shown = picture.thing_ids == number
            assert shown.sum() > 500
            red, _, blue = picture.rgb[shown].mean(axis=0)
            assert (red > blue) == (thing.name == "cube_red")
            assert 0.3 < np.nanmedian(picture.depth_m[shown]) < 1.5


@pytest.mark.sim
def test_a_seed_draws_the_same_table_again(meshes):
    things = read_meshes(str(meshes))
    first, again = (next(iter(draw_mesh_pictures(things, 6))) for _ in range(2))
    np.testing.assert_array_equal(first.rgb, again.rgb)
    np.testing.assert_array_equal(first.thing_ids, again.thing_ids)


def test_a_folder_without_an_index_and_a_mesh_without_texture_are_named(meshes):
    with pytest.raises(DataInvalid, match=r"index\.json"):
        read_meshes(str(meshes / "cube_red"))
    things = read_meshes(str(meshes))
    (meshes / "cube_red" / "texture.jpg").unlink()
    with pytest.raises(DataInvalid, match="texture"):
        list(draw_mesh_pictures(things, seed=5))
