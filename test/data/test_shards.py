import numpy as np
import pytest
from pictures import bar_pictures

from rt_grasp_ros.data.shards import LabelledPictures, cell_parts
from rt_grasp_ros.language.vocabulary import load_vocabulary


def test_shards_survive_the_disk(tmp_path):
    first, second = bar_pictures(3, seed=1), bar_pictures(2, seed=2)
    first.save(tmp_path / "a.npz")
    second.save(tmp_path / "b.npz")
    both = LabelledPictures.load(sorted(tmp_path.glob("*.npz")))
    assert len(both) == 5
    np.testing.assert_array_equal(both.images[3:], second.images)
    assert not list(tmp_path.glob("*.partial"))


def test_no_shards_says_what_to_run():
    with pytest.raises(FileNotFoundError, match="rt-grasp data build"):
        LabelledPictures.load([])


def test_labels_come_back_in_pixels():
    pictures = bar_pictures(4)
    (part,) = pictures.parts(2, load_vocabulary())
    rows, columns = np.nonzero(pictures.cell_parts[2])
    assert (part.object_name, part.part_name) == ("banana", "middle")
    assert part.rectangle.x_px == pytest.approx((columns.mean() + 0.5) * 8)
    assert part.rectangle.y_px == pytest.approx((rows.mean() + 0.5) * 8)


def test_a_cell_shows_the_part_that_covers_most_of_it():
    part_ids = np.zeros((16, 16), np.uint8)
    part_ids[:8, :8] = 3
    part_ids[:8, 8:12] = 1
    part_ids[8, 0] = 2  # one pixel of 64: too little
    np.testing.assert_array_equal(cell_parts(part_ids, 2, 2), [[3, 1], [0, 0]])
