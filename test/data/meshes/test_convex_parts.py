import importlib.util

import numpy as np
import pytest
from tiny_meshes import box_mesh

from rt_grasp_ros.data.meshes.convex_parts import convex_parts, hull_of
from rt_grasp_ros.sim.mesh import Mesh, lathe


def test_a_hull_is_closed_and_faces_outwards():
    hull = hull_of(lathe([(0.0, 0.0), (0.05, 0.0), (0.05, 0.08), (0.03, 0.08), (0.0, 0.02)]))
    corners = hull.vertices_m[hull.faces]
    volume = np.einsum("fk,fk->f", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert volume == pytest.approx(np.pi * 0.05**2 * 0.08, rel=0.02)


def test_a_flat_sheet_gets_a_thickness():
    sheet = Mesh(
        np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0)], float), np.array([(0, 1, 2)], np.int32)
    )
    assert np.ptp(hull_of(sheet).vertices_m, axis=0)[2] == pytest.approx(1e-4)


def test_without_coacd_the_whole_is_one_piece(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (piece,) = convex_parts(box_mesh(0.02, 0.03, 0.06))
    assert np.ptp(piece.vertices_m, axis=0) == pytest.approx([0.04, 0.06, 0.06])
