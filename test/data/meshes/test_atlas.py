import numpy as np
import pytest
from tiny_meshes import box_mesh, textured

from rt_grasp_ros.data.meshes.atlas import SIDE_PX, into_one_texture
from rt_grasp_ros.sim.meshes.obj_file import ObjMesh

RED, GREEN = np.full((1, 1, 3), (200, 0, 0), np.uint8), np.full((8, 8, 3), (0, 200, 0), np.uint8)


def colours_at(painted, texture):
    points = painted.texture_uv[painted.face_uv].reshape(-1, 2)
    assert points.min() >= 0
    assert points.max() <= 1
    rows = ((1 - points[:, 1]) * SIDE_PX).astype(int)
    return texture[rows, (points[:, 0] * SIDE_PX).astype(int)].reshape(len(painted.face_uv), 3, 3)


@pytest.mark.parametrize("shift", [0.0, -3.0, 0.9])
def test_every_face_keeps_its_material_whatever_its_coordinates(shift):
    box = textured(box_mesh(0.02, 0.03, 0.06))
    obj = ObjMesh(box.mesh, box.texture_uv * 2 + shift, box.face_uv, ("g",) * 6 + ("r",) * 6)
    painted, texture = into_one_texture(obj, {"r": RED, "g": GREEN})
    seen = colours_at(painted, texture)
    assert (seen[:6] == (0, 200, 0)).all()
    assert (seen[6:] == (200, 0, 0)).all()


def test_a_mesh_without_coordinates_gets_the_middle_of_its_tile():
    obj = ObjMesh(
        box_mesh(0.1, 0.1, 0.1), np.empty((0, 2)), np.empty((0, 3), np.int32), ("r",) * 12
    )
    painted, texture = into_one_texture(obj, {"r": RED})
    assert (colours_at(painted, texture) == (200, 0, 0)).all()


def test_pictures_stay_upright():
    box = textured(box_mesh(0.02, 0.03, 0.06))
    half = np.zeros((64, 64, 3), np.uint8)
    half[32:] = 255  # below: small v
    painted, texture = into_one_texture(
        ObjMesh(box.mesh, box.texture_uv, box.face_uv, ("p",) * 12), {"p": half}
    )
    assert (colours_at(painted, texture) == 255).all()
