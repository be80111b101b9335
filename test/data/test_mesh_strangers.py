from dataclasses import replace

import numpy as np
import pytest

from rt_grasp_ros.data.mesh_strangers import MESH_SHARE, kind_of, nameless_meshes, with_meshes
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes

VOCABULARY = load_vocabulary()
BY_NOUN = {mesh.noun: mesh for mesh in shipped_meshes()}


@pytest.mark.parametrize(
    "size_m, kind",
    [
        ((0.03, 0.2, 0.02), "stick"),
        ((0.2, 0.03, 0.02), "stick"),
        ((0.2, 0.03, 0.1), "lump"),
        ((0.1, 0.12, 0.02), "slab"),
        ((0.06, 0.06, 0.06), "lump"),
        ((0.07, 0.08, 0.2), "lump"),
    ],
)
def test_a_mesh_looks_like_what_its_size_says(size_m, kind):
    assert kind_of(replace(BY_NOUN["plum"], size_m=size_m)) == kind
    assert kind in VOCABULARY.nameless


def test_what_is_called_like_an_object_of_the_cell_or_too_large_is_left_out():
    large = replace(BY_NOUN["gift box"], graspable=False)
    like_a_mug = replace(BY_NOUN["watch"], other_names=("coffee mug",))
    meshes = [BY_NOUN["plum"], BY_NOUN["mug"], like_a_mug, large]
    found = nameless_meshes(meshes, VOCABULARY)
    assert found == {kind_of(BY_NOUN["plum"]): (BY_NOUN["plum"],)}


def test_most_nameless_things_of_their_kind_become_meshes_and_nothing_else_does():
    plum, watch = BY_NOUN["plum"], BY_NOUN["watch"]
    by_kind = {"lump": (plum, watch)}
    rng = np.random.default_rng(0)
    scenes = [with_meshes(["mug", "lump", "slab"], by_kind, rng) for _ in range(400)]
    assert {(first, last) for first, _, last in scenes} == {("mug", "slab")}
    lumps = [middle for _, middle, _ in scenes]
    assert set(lumps) == {"lump", plum.name, watch.name}
    assert abs(1 - lumps.count("lump") / 400 - MESH_SHARE) < 0.06
    assert abs(lumps.count(plum.name) - lumps.count(watch.name)) < 60
