"""Meshes as objects of the cell: seen, labelled, touched, and lifted by a sampled grasp."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_meshes import tiny_folder

from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.rollout.scripted_pick import lift_by_script, true_label
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.judge import judge
from rt_grasp_ros.sim.meshes.mesh_entry import read_meshes
from rt_grasp_ros.sim.meshes.mesh_shape import candidate_grasps, mesh_shape
from rt_grasp_ros.sim.objects import UnknownObject
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def meshes(tmp_path_factory):
    return read_meshes(str(tiny_folder(tmp_path_factory.mktemp("meshes") / "tiny")))


def test_a_mesh_is_an_object_with_one_part_that_the_index_names(meshes):
    shape = mesh_shape(meshes[1])
    assert (shape.name, shape.colour_name, shape.mass_kg) == ("bar", "blue", 0.1)
    assert shape.called == ("bar", "toy bar")
    assert shape.uses == ("for playing with a bar",)
    assert shape.parts == ("whole",)
    assert len(shape.hulls) == 1
    points = shape.top_points()
    assert points[:, 2] == pytest.approx(0.025)
    assert np.ptp(points, axis=0)[:2] == pytest.approx([0.16, 0.024], abs=0.01)


def test_grasps_to_try_begin_with_the_one_that_is_named(meshes):
    sampled = candidate_grasps(meshes[1], 2)
    named = replace(sampled[0], x_m=0.03)
    assert candidate_grasps(replace(meshes[1], grasp=named), 2) == [named, sampled[0]]


def test_what_can_not_be_grasped_is_told(meshes, tmp_path):
    wide = tiny_folder(tmp_path / "wide")
    text = (wide / "bar_blue" / "mesh.obj").read_text().replace("0.01200", "0.09000")
    (wide / "bar_blue" / "mesh.obj").write_text(text)
    with pytest.raises(DataInvalid, match="No grasp from above"):
        mesh_shape(read_meshes(str(wide))[1])


def test_names_and_nouns_put_meshes_on_the_table_beside_the_catalogues_objects(meshes):
    scene = random_scene(3, ["bar", "mug", "block_red"], meshes=meshes)
    assert [placed.name for placed in scene.objects] == ["bar", "mug", "block"]
    assert [placed.mesh is not None for placed in scene.objects] == [True, False, True]
    assert scene == random_scene(3, ["bar", "mug", "block_red"], meshes=meshes)
    assert {placed.name for placed in random_scene(4, count=2, meshes=meshes).objects} == {
        "bar",
        "block",
    }
    with pytest.raises(UnknownObject):
        random_scene(3, ["block_green"], meshes=meshes)


def test_a_mesh_is_painted_labelled_and_lifted(meshes):
    with Cell(random_scene(5, ["block", "bar"], meshes=meshes)) as cell:
        rgb, part_ids = cell.observe().rgb.astype(int), cell.part_ids()
        labels = cell.labels()
        for label, strongest in zip(labels, (0, 2), strict=True):
            seen = rgb[part_ids == label.part_id]
            assert len(seen) > 300
            assert (seen.argmax(axis=1) == strongest).mean() > 0.95
            assert label.visible_fraction > 0.9
        assert labels[0].called == ("block", "toy block")
        cell.step(1.0)
        assert np.abs(cell.data.qvel).max() < 0.05
        slip_m = lift_by_script(cell, true_label(cell, "bar"))
        assert slip_m < 0.005
        verdict = judge(cell, "bar", "whole")
        assert verdict.lifted
        assert verdict.part_gripped
        assert verdict.height_gain_m == pytest.approx(0.15, abs=0.02)
        assert judge(cell, "block").height_gain_m == pytest.approx(0.0, abs=0.002)
