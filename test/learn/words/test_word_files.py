"""What was looked at is kept on disk, and read back as it was; who is held out is held out."""

import numpy as np

from rt_grasp_ros.data.named_crops import NamedCrop
from rt_grasp_ros.learn.words.calibrate import LookedAt, read_looked, write_looked
from rt_grasp_ros.learn.words.harvest import (
    NamedFeatures,
    gathered,
    read_features,
    write_features,
)
from rt_grasp_ros.learn.words.left_out import thirds
from rt_grasp_ros.learn.words.recipe import spread_crops


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
        np.ones((2, 3), np.float32),
        np.array([0.9, 0.1]),
        np.eye(2),
        np.array([[0.3, 0.2, 0.1], [0.2, 0.1, 0.1]]),
        np.array([[0.5, 0.0], [0.1, 0.9]]),
        (("mug", "cup"), ("pen",)),
    )
    write_looked([table, table], tmp_path / "cut.safetensors")
    again = read_looked(tmp_path / "cut.safetensors")
    assert len(again) == 2
    np.testing.assert_array_equal(again[1].overlap, table.overlap)
    np.testing.assert_array_equal(again[1].whole, table.whole)
    np.testing.assert_array_equal(again[1].sides_m, table.sides_m)
    np.testing.assert_array_equal(again[1].colour_fits, table.colour_fits)
    assert again[1].names == table.names


def test_what_is_usual_is_told_by_drawn_crops_alone():
    names = ["recorded/1", "a", "b", "recorded/2", *"cdefgh"]
    found = NamedFeatures(np.zeros((10, 2), np.float32), tuple(names), (("mug",),) * 10)
    taken = spread_crops(found, np.arange(10) != 4)
    assert taken.tolist() == [1, 2, 5, 6, 7, 8, 9]
    many = NamedFeatures(np.zeros((999, 2), np.float32), ("a",) * 999, (("mug",),) * 999)
    spread = spread_crops(many, np.ones(999, bool))
    assert (len(spread), spread[0], spread[-1]) == (200, 0, 998)


def test_each_noun_is_left_out_once():
    nouns = ["mug", "pen", "box", "can", "fork", "ball", "mug"]
    parts = thirds(nouns, seed=0)
    assert len(parts) == 3
    assert sorted(noun for part in parts for noun in part) == sorted(set(nouns))
    assert [len(part) for part in parts] == [2, 2, 2]
    assert thirds(nouns, seed=0) == parts
    assert any(thirds(nouns, seed) != parts for seed in range(1, 5))
