import numpy as np
import pytest
from tiny_meshes import box_mesh, textured

from rt_grasp_ros.data.meshes.outward_faces import turned_outwards
from rt_grasp_ros.sim.mesh import Mesh
from rt_grasp_ros.sim.meshes.obj_file import ObjMesh


def volume_m3(mesh):
    """Signed volume: positive where faces are counter-clockwise from outside."""
    corners = mesh.vertices_m[mesh.faces]
    return np.einsum("fk,fk->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6


def test_faces_turned_either_way_are_turned_outwards_with_their_texture():
    box = textured(box_mesh(0.02, 0.03, 0.06))
    mixed_faces, mixed_uv = box.mesh.faces.copy(), box.face_uv.copy()
    mixed_faces[::2] = mixed_faces[::2, ::-1]
    mixed_uv[::2] = mixed_uv[::2, ::-1]
    mixed = ObjMesh(Mesh(box.mesh.vertices_m, mixed_faces), box.texture_uv, mixed_uv, ("",) * 12)
    turned = turned_outwards(mixed)
    assert volume_m3(turned.mesh) == pytest.approx(0.04 * 0.06 * 0.06)
    assert len(turned.mesh.faces) == 12

    def corners(obj):
        return {
            (*np.round(vertex, 4), uv)
            for face, uvs in zip(obj.mesh.faces, obj.face_uv, strict=True)
            for vertex, uv in zip(obj.mesh.vertices_m[face], uvs, strict=True)
        }

    assert corners(turned) == corners(box)


def test_a_sheet_gets_two_sides_that_share_no_vertices():
    sheet = Mesh(
        np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0)], float), np.array([(0, 1, 2)], np.int32)
    )
    turned = turned_outwards(ObjMesh(sheet, np.empty((0, 2)), np.empty((0, 3), np.int32), ("a",)))
    assert len(turned.mesh.faces) == 2
    assert set(turned.mesh.faces[0]).isdisjoint(turned.mesh.faces[1])
    assert turned.materials == ("a", "a")


def test_what_nobody_sees_is_dropped():
    outer, inner = box_mesh(0.05, 0.05, 0.1), box_mesh(0.01, 0.01, 0.02).moved((0, 0, 0.04))
    both = Mesh(
        np.concatenate([outer.vertices_m, inner.vertices_m]),
        np.concatenate([outer.faces, inner.faces + len(outer.vertices_m)]),
    )
    turned = turned_outwards(
        ObjMesh(both, np.empty((0, 2)), np.empty((0, 3), np.int32), ("",) * 24)
    )
    assert len(turned.mesh.faces) == 12
    assert np.ptp(turned.mesh.vertices_m, axis=0) == pytest.approx([0.1, 0.1, 0.1])
