import numpy as np
import pytest

from rt_grasp_ros.data.shards import LabelledPictures
from rt_grasp_ros.data.sim_data import build_sim_shards
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.sim.objects import HELD_OUT, NAMELESS

pytestmark = pytest.mark.sim

VOCABULARY = load_vocabulary()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    build_sim_shards(folder, 48, 256, shard_size=24, processes=1)
    return LabelledPictures.load(sorted(folder.glob("*.npz")))


def labels(pictures):
    return [pictures.parts(index, VOCABULARY) for index in range(len(pictures))]


def test_scenes_show_things_with_and_without_a_name_but_no_held_out_one(pictures):
    shown = {part.object_name for parts in labels(pictures) for part in parts}
    assert shown & set(NAMELESS) and shown & set(VOCABULARY.objects)
    assert not shown & set(HELD_OUT)


def test_the_labelled_colour_is_the_one_that_the_part_is_painted_in(pictures):
    """Red is redder than blue, whatever the light, wherever a thing was painted anew."""
    measured = {"red": [], "blue": []}
    for image, cells, parts in zip(
        pictures.images, pictures.cell_parts, labels(pictures), strict=True
    ):
        for part in parts:
            own = np.kron(cells == part.part_id, np.ones((8, 8), bool))
            if part.is_default and part.colour_name in measured and own.sum() > 256:
                red, _, blue = np.median(image[own], axis=0)
                measured[part.colour_name].append(float(red) - float(blue))
    assert all(len(values) >= 2 for values in measured.values())
    assert np.median(measured["red"]) > 20 > -20 > np.median(measured["blue"])


def test_views_of_a_scene_are_painted_anew(pictures):
    seen: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for parts in labels(pictures):
        names = tuple(part.object_name for part in parts)
        seen.setdefault(names, set()).add(tuple(part.colour_name for part in parts))
    assert max(map(len, seen.values())) > 1


def test_shards_that_exist_are_kept(tmp_path):
    build_sim_shards(tmp_path, 4, 256, shard_size=4, processes=1)
    (shard,) = tmp_path.glob("*.npz")
    before = shard.stat().st_mtime_ns
    steps: list[int] = []
    build_sim_shards(tmp_path, 8, 256, shard_size=4, processes=1, progress=steps.append)
    assert shard.stat().st_mtime_ns == before
    assert steps == [4, 8]
