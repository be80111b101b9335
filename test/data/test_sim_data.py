import numpy as np
import pytest

from rt_grasp_ros.data import sim_data as module
from rt_grasp_ros.data.mesh_strangers import kind_of, nameless_meshes
from rt_grasp_ros.data.shards import LabelledPictures
from rt_grasp_ros.data.sim_data import (
    FIRST_TRAINING_SEED,
    VIEWS_PER_SCENE,
    build_sim_shards,
    scene_seed_of,
    shows_training_scenes,
    training_scene,
)
from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.sim.cameras.choice import CameraChoice
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes
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


def test_the_scene_of_a_first_view_can_be_built_again(pictures):
    """The second shard's second scene, with the robot beside it, where its labels have it."""
    seed = scene_seed_of(1, VIEWS_PER_SCENE, 24)
    assert scene_seed_of(1, VIEWS_PER_SCENE + 1, 24) is None
    parts = labels(pictures)[24 + VIEWS_PER_SCENE]
    with Cell(training_scene(seed)) as cell:
        again = {(one.object_name, one.part_name): one.rectangle for one in cell.labels()}
    assert parts
    for part in parts:
        there = again[part.object_name, part.part_name].resized(256, 192)
        assert np.hypot(there.x_px - part.rectangle.x_px, there.y_px - part.rectangle.y_px) < 1.0


def test_shards_that_exist_are_kept(tmp_path):
    build_sim_shards(tmp_path, 4, 256, shard_size=4, processes=1)
    (shard,) = tmp_path.glob("*.npz")
    before = shard.stat().st_mtime_ns
    steps: list[int] = []
    build_sim_shards(tmp_path, 8, 256, shard_size=4, processes=1, progress=steps.append)
    assert shard.stat().st_mtime_ns == before
    assert steps == [4, 8]


def test_other_cameras_draw_other_pictures_of_the_same_things_and_are_noted(tmp_path):
    cameras = CameraChoice(("d435",), (0.6, 1.0), (15.0, 40.0))
    for name, choice in (("cell", CameraChoice()), ("d435", cameras)):
        build_sim_shards(tmp_path / name, 4, 256, shard_size=4, processes=1, cameras=choice)
    cell, d435 = (
        LabelledPictures.load([tmp_path / name / "sim_00000.npz"]) for name in ("cell", "d435")
    )
    assert np.array_equal(cell.types, d435.types)
    assert cell.images.shape == d435.images.shape
    assert (cell.images != d435.images).mean() > 0.5
    # 69.4 degrees across instead of about 52: things are smaller and their openings, too
    shown = (cell.types > 0) & (cell.visible > 0.5) & (d435.visible > 0.5)
    assert np.median(d435.numbers[shown][:, 2] / cell.numbers[shown][:, 2]) < 0.9
    assert shows_training_scenes(tmp_path / "cell")
    assert not shows_training_scenes(tmp_path / "d435")
    with pytest.raises(RequestInvalid, match="other cameras"):
        build_sim_shards(tmp_path / "d435", 4, 256, shard_size=4, processes=1)


def test_meshes_lie_among_the_things_without_a_name_and_are_noted(tmp_path):
    meshes = shipped_meshes()
    by_kind = nameless_meshes(meshes, VOCABULARY)
    seeds = range(FIRST_TRAINING_SEED, FIRST_TRAINING_SEED + 40)
    with_one = next(
        seed
        for seed in seeds
        if any(placed.mesh is not None for placed in training_scene(seed, by_kind).objects)
    )
    scene = training_scene(with_one, by_kind)
    assert [placed.mesh for placed in training_scene(with_one).objects] == [None] * len(
        scene.objects
    )
    job = module._Shard(tmp_path / "shard.npz", with_one, 2, 256, CameraChoice(), by_kind)
    module._render_shard(job)
    shard = LabelledPictures.load([job.path])
    kinds = {kind_of(placed.mesh) for placed in scene.objects if placed.mesh is not None}
    for index in range(2):
        parts = shard.parts(index, VOCABULARY)
        assert kinds <= {part.object_name for part in parts}
        names = [(part.object_name, part.part_name) for part in parts]
        assert len(set(names)) == len(names)
        assert any((shard.cell_parts[index] == p.part_id).any() for p in parts)


def test_a_folder_of_other_meshes_is_refused_and_shows_no_scene_that_is_built_again(tmp_path):
    meshes = [mesh for mesh in shipped_meshes() if mesh.noun in ("plum", "watch")]
    build_sim_shards(tmp_path, 1, 256, shard_size=1, processes=1, meshes=meshes)
    assert not shows_training_scenes(tmp_path)
    for others in ((), meshes[:1]):
        with pytest.raises(RequestInvalid, match="other meshes"):
            build_sim_shards(tmp_path, 1, 256, shard_size=1, processes=1, meshes=others)
    mugs = [mesh for mesh in shipped_meshes() if mesh.noun == "mug"]
    with pytest.raises(RequestInvalid, match="called like objects"):
        build_sim_shards(tmp_path / "mugs", 1, 256, shard_size=1, processes=1, meshes=mugs)
