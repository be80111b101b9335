"""What was looked at is kept on disk, and read back as it was; who is held out is held out."""

import numpy as np

from rt_grasp_ros.data.named_crops import NamedCrop
from rt_grasp_ros.learn.words.calibrate import LookedAt, read_looked, write_looked
from rt_grasp_ros.learn.words.harvest import gathered, read_features, write_features
from rt_grasp_ros.learn.words.recipe import split_things
from rt_grasp_ros.sim.meshes.mesh_entry import MeshEntry


class Brightness:
    side_px = 8

    def features(self, crops):
        return np.array([[crop.mean(), 1.0] for crop in crops], np.float32)


def test_features_keep_their_names_through_a_file(tmp_path):
    crops = [
        NamedCrop(np.full((8, 8, 3), 10 * k, np.uint8), f"thing{k}", ("mug", "cup")[: 1 + k % 2])
        for k in range(11)
    ]
    path = tmp_path / "features.safetensors"
    write_features(gathered(iter(crops), Brightness()), path)
    found = read_features(path)
    assert found.features[:, 0].tolist() == [10.0 * k for k in range(11)]
    assert found.object_ids == tuple(f"thing{k}" for k in range(11))
    assert found.names[:2] == (("mug",), ("mug", "cup"))


def test_tables_that_were_looked_at_come_back(tmp_path):
    table = LookedAt(
        np.ones((2, 3), np.float32), np.array([0.9, 0.1]), np.eye(2), (("mug", "cup"), ("pen",))
    )
    write_looked([table, table], tmp_path / "cut.safetensors")
    again = read_looked(tmp_path / "cut.safetensors")
    assert len(again) == 2
    np.testing.assert_array_equal(again[1].overlap, table.overlap)
    np.testing.assert_array_equal(again[1].whole, table.whole)
    assert again[1].names == table.names


def test_no_held_out_noun_is_taught_and_every_other_noun_is():
    things = [
        MeshEntry("", f"{noun}_{k}", noun, (), "red", "", (0.1, 0.1, 0.1), 0.1, None, True, "", "")
        for noun in ("mug", "pen", "box", "can", "fork", "ball")
        for k in range(2)
    ]
    parts = split_things(things)
    by_noun = {noun: {parts[f"{noun}_{k}"] for k in range(2)} for noun in {t.noun for t in things}}
    assert sum(kinds == {"new noun"} for kinds in by_noun.values()) == 2
    assert sum(kinds == {"taught", "new instance"} for kinds in by_noun.values()) == 4
