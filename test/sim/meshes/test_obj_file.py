import numpy as np
import pytest
from tiny_meshes import box_mesh, textured

from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.sim.meshes.obj_file import parse_obj, read_obj, write_obj

TRIANGLE = ["v 0 0 0", "v 1 0 0", "v 0 1 0"]


def test_what_is_written_is_read_again(tmp_path):
    there = textured(box_mesh(0.02, 0.03, 0.06))
    write_obj(tmp_path / "box.obj", there)
    back = read_obj(tmp_path / "box.obj")
    assert back.mesh.vertices_m == pytest.approx(there.mesh.vertices_m)
    assert np.array_equal(back.mesh.faces, there.mesh.faces)
    assert back.texture_uv == pytest.approx(there.texture_uv)
    assert np.array_equal(back.face_uv, there.face_uv)


def test_polygons_become_fans_and_negative_indices_count_back():
    square = parse_obj([*TRIANGLE, "v 1 1 0", "vt 0 0", "f -4/1/1 -3/1/1 -1/1/1 -2/1/1"], "s")
    assert square.mesh.faces.tolist() == [[0, 1, 3], [0, 3, 2]]
    assert square.face_uv.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_triangles_keep_their_materials_and_may_have_no_texture():
    two = parse_obj([*TRIANGLE, "usemtl a b", "f 1 2 3", "usemtl c", "f 1//1 3//1 2//1"], "t")
    assert two.materials == ("a b", "c")
    assert two.face_uv.shape == (0, 3)


@pytest.mark.parametrize(
    "lines",
    [[], TRIANGLE, [*TRIANGLE, "f 1 2 9"], ["v a b c"], [*TRIANGLE, "f 1 x 3"],
     ["v nan 0 0", "v 1 0 0", "v 0 1 0", "f 1 2 3"]],
)  # fmt: skip
def test_what_is_no_mesh_is_refused(lines):
    with pytest.raises(DataInvalid, match="The mesh broken"):
        parse_obj(lines, "broken")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataInvalid, match="can't be read"):
        read_obj(tmp_path / "nothing.obj")
