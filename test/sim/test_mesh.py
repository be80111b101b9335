import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_grasp_ros.sim.mesh import Mesh, lathe, rounded_bar, rounded_profile, sweep

lengths = st.floats(0.005, 0.2)


def volume_m3(mesh: Mesh) -> float:
    """Positive for a closed mesh whose faces are counter-clockwise from outside."""
    corners = mesh.vertices_m[mesh.faces]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def open_edges(mesh: Mesh) -> int:
    edges = np.concatenate([mesh.faces[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    there = {tuple(edge) for edge in edges.tolist()}
    return sum((end, start) not in there for start, end in there)


@settings(max_examples=30, deadline=None)
@given(lengths, lengths)
def test_a_lathed_cylinder_has_its_volume(radius_m, height_m):
    mesh = lathe([[0, 0], [radius_m, 0], [radius_m, height_m], [0, height_m]], sides=64)
    assert volume_m3(mesh) == pytest.approx(np.pi * radius_m**2 * height_m, rel=0.01)


@settings(max_examples=30, deadline=None)
@given(lengths, lengths, lengths, st.floats(-np.pi, np.pi))
def test_a_straight_sweep_is_a_closed_elliptic_cylinder(half_across_m, half_up_m, length_m, yaw):
    end = length_m * np.array([np.cos(yaw), np.sin(yaw), 0.0])
    mesh = sweep([[0, 0, 0], end / 2, end], half_across_m, half_up_m, sides=64)
    assert open_edges(mesh) == 0
    assert volume_m3(mesh) == pytest.approx(np.pi * half_across_m * half_up_m * length_m, rel=0.01)


def test_a_rounded_bar_is_closed_and_as_long_and_wide_as_asked():
    mesh = rounded_bar([0, 0, 0.01], [0.1, 0, 0.01], 0.02, 0.01)
    assert open_edges(mesh) == 0
    assert volume_m3(mesh) > 0
    extent = np.ptp(mesh.vertices_m, axis=0)
    assert extent == pytest.approx([0.1, 0.04, 0.02], abs=1e-9)


def test_a_mesh_laid_along_x_keeps_its_orientation():
    standing = lathe(rounded_profile(0.0, 0.1, 0.02, 0.003))
    lying = standing.turned_along_x(0.02)
    assert volume_m3(lying) == pytest.approx(volume_m3(standing))
    assert lying.vertices_m.min(axis=0) == pytest.approx([0.0, -0.02, 0.0], abs=1e-4)
    assert lying.vertices_m.max(axis=0) == pytest.approx([0.1, 0.02, 0.04], abs=1e-4)


def test_a_turned_mesh_is_turned_counter_clockwise_about_z():
    mesh = Mesh(np.array([[1.0, 0.0, 2.0]]), np.empty((0, 3), dtype=np.int32))
    assert mesh.turned(np.pi / 2).vertices_m == pytest.approx(np.array([[0.0, 1.0, 2.0]]))
