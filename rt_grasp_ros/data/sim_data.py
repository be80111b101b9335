"""Labelled pictures from the simulated cell (synthetic data), rendered in parallel, resumable."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ..grasp.errors import RequestInvalid
from ..grasp.letterbox import letterbox
from ..language.vocabulary import NAMELESS_PART, load_vocabulary
from ..sim.cameras.choice import CameraChoice, choice_from_json
from ..sim.labels import PartLabel, part_labels
from ..sim.meshes.mesh_entry import MeshEntry
from ..sim.objects import NAMELESS, SEEN, make_object
from ..sim.placement import NoRoom, place
from ..sim.render import Camera
from ..sim.scene import CELLS_CAMERA, MAX_OBJECTS, Scene, random_scene
from ..sim.scene_model import build_model, material_name
from ..sim.surroundings import random_camera, random_light
from .mesh_strangers import kind_of, nameless_meshes, with_meshes
from .parallel import run_all
from .shards import MAX_PARTS, NO_COLOUR, LabelledPictures, cell_parts

import mujoco  # isort: skip  (after ..sim, which chooses its OpenGL)

FIRST_TRAINING_SEED = 10_000_000
"""Scenes for training have seeds from here on; everything below is for evaluation and demos."""

NAMELESS_SHARES = (0.35, 0.45, 0.15, 0.05)
"""How many scenes have no thing without a name, one, two, three."""

VIEWS_PER_SCENE = 4
RENDER_WIDTH_PX, RENDER_HEIGHT_PX = 512, 384
CELL_PX = 8
CAMERA_FILE = "camera.json"
"""Beside the shards: which cameras the pictures are of, where it is not the cell's own."""
MESHES_FILE = "meshes.json"
"""Alike: names of the meshes that lie among the things without a name."""
NO_MESHES: Mapping[str, tuple[MeshEntry, ...]] = MappingProxyType({})


def build_sim_shards(
    folder: Path,
    pictures: int,
    side_px: int,
    shard_size: int = 250,
    processes: int = 2,
    progress: Callable[[int], None] = lambda done: None,
    cameras: CameraChoice = CELLS_CAMERA,
    meshes: Sequence[MeshEntry] = (),
) -> None:
    """Render scenes into shards; shards that exist are kept.

    Args:
        folder: where `sim_00000.npz`, ... go.
        pictures: how many in all.
        side_px: longer side of the stored pictures.
        shard_size: pictures a shard.
        processes: how many render at once.
        progress: called with the number of pictures after each shard.
        cameras: what each picture's camera is drawn from; of its lens the horizontal field of view
            is kept, since all pictures of a shard are of one shape.
        meshes: lie among the things without a name, see `mesh_strangers.py`.

    Raises:
        RequestInvalid: the folder holds pictures of other cameras or meshes, or none of the meshes
            can lie there without a name.
    """
    by_kind = nameless_meshes(meshes, load_vocabulary())
    if meshes and not by_kind:
        raise RequestInvalid(
            "All of these meshes are called like objects of the cell, which they would be mistaken "
            "for; give others with --meshes."
        )
    folder.mkdir(parents=True, exist_ok=True)
    _require_cameras(folder, cameras)
    _require_meshes(folder, meshes)
    jobs = [
        _Shard(
            folder / f"sim_{index:05d}.npz",
            FIRST_TRAINING_SEED + first,
            shard_size,
            side_px,
            cameras,
            by_kind,
        )
        for index, first in enumerate(range(0, pictures, shard_size))
    ]
    done = sum(job.path.exists() for job in jobs) * shard_size
    progress(done)
    missing = [job for job in jobs if not job.path.exists()]
    for _ in run_all(_render_shard, missing, processes):
        done += shard_size
        progress(done)


def shows_training_scenes(folder: Path) -> bool:
    """Whether the pictures of a folder are of `training_scene`, by the cell's own camera."""
    return not (folder / CAMERA_FILE).exists() and not (folder / MESHES_FILE).exists()


def _require_cameras(folder: Path, cameras: CameraChoice) -> None:
    """Note which cameras a folder's pictures are of, or refuse one of others."""
    path = folder / CAMERA_FILE
    there = CELLS_CAMERA
    if path.exists():
        there = choice_from_json(json.loads(path.read_text(encoding="utf-8")))
    elif not any(folder.glob("sim_*.npz")):
        there = cameras
    if there != cameras:
        raise RequestInvalid(
            f"The folder {folder} holds pictures of other cameras; give another --out."
        )
    if not cameras.is_cells and not path.exists():
        path.write_text(json.dumps(cameras.to_json()) + "\n", encoding="utf-8")


def _require_meshes(folder: Path, meshes: Sequence[MeshEntry]) -> None:
    """Note which meshes lie in a folder's pictures, or refuse one of others."""
    path = folder / MESHES_FILE
    names = sorted(mesh.name for mesh in meshes)
    there = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    if not path.exists() and not any(folder.glob("sim_*.npz")):
        there = names
    if there != names:
        raise RequestInvalid(
            f"The folder {folder} holds pictures of other meshes; give another --out."
        )
    if names and not path.exists():
        path.write_text(json.dumps(names) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Shard:
    path: Path
    first_seed: int
    count: int
    side_px: int
    cameras: CameraChoice
    meshes: dict[str, tuple[MeshEntry, ...]]


def _render_shard(job: _Shard) -> None:
    rows: list[dict[str, np.ndarray]] = []
    seed = job.first_seed
    while len(rows) < job.count:
        views = min(VIEWS_PER_SCENE, job.count - len(rows))
        rows += _render_scene(seed, job, views)
        seed += 1
    LabelledPictures(**{key: np.stack([row[key] for row in rows]) for key in rows[0]}).save(
        job.path
    )


def _render_scene(seed: int, job: _Shard, views: int) -> list[dict[str, np.ndarray]]:
    """Render one set of objects, laid out, painted, lit and seen anew for every view."""
    cameras = job.cameras
    scene = training_scene(seed, job.meshes)
    if not cameras.is_cells:
        scene = _through(scene, cameras, seed, 0)
    model = build_model(scene, with_robot=False)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    camera = Camera(model, RENDER_WIDTH_PX, RENDER_HEIGHT_PX)
    rng = np.random.default_rng((seed, 1))
    rows = []
    try:
        for view in range(views):
            if view:
                scene = _lay_out_anew(scene, rng)
                if not cameras.is_cells:
                    scene = _through(scene, cameras, seed, view)
                _apply(scene, model, data)
                scene = _paint_anew(scene, model, rng)
            labels = part_labels(scene, model, data, camera)
            image = letterbox(camera.rgb(data), job.side_px)
            rows.append(_to_row(image, camera.part_ids(data), _nameless_labels(scene, labels)))
    finally:
        camera.close()
    return rows


def _through(scene: Scene, cameras: CameraChoice, seed: int, view: int) -> Scene:
    """Return a scene seen through another camera, its lens as wide in a picture of our shape."""
    profile, pose = cameras.draw(VIEWS_PER_SCENE * seed + view)
    across = math.tan(pose.fovy_rad / 2) * profile.width_px / profile.height_px
    fovy_rad = 2 * math.atan(across * RENDER_HEIGHT_PX / RENDER_WIDTH_PX)
    return replace(scene, camera=replace(pose, fovy_rad=fovy_rad))


def scene_seed_of(shard: int, picture: int, shard_size: int) -> int | None:
    """Return the seed of `training_scene` whose table, light and camera a picture shows.

    Args:
        shard: the number in the shard's name.
        picture: its place in the shard.
        shard_size: pictures a shard.

    Returns:
        None for a picture whose objects were laid out or painted anew.
    """
    scene, view = divmod(picture, VIEWS_PER_SCENE)
    return None if view else FIRST_TRAINING_SEED + shard * shard_size + scene


def training_scene(seed: int, meshes: Mapping[str, tuple[MeshEntry, ...]] = NO_MESHES) -> Scene:
    """Draw a scene of objects, in most of which lie some things without a name.

    Args:
        seed: of the scene.
        meshes: from `nameless_meshes`.
    """
    rng = np.random.default_rng((seed, 2))
    while True:
        count = int(rng.integers(1, MAX_OBJECTS + 1))
        strangers = min(count, int(rng.choice(len(NAMELESS_SHARES), p=NAMELESS_SHARES)))
        names = [*rng.permutation(NAMELESS)[:strangers], *rng.permutation(SEEN)]
        drawn = [str(name) for name in rng.permutation(names[:count])]
        drawn = with_meshes(drawn, meshes, rng)
        try:
            return random_scene(seed, drawn, meshes=[m for own in meshes.values() for m in own])
        except NoRoom:
            continue


def _paint_anew(scene: Scene, model: mujoco.MjModel, rng: np.random.Generator) -> Scene:
    """Give every object of a compiled model the colours of another instance of its kind."""
    painted = []
    for index, placed in enumerate(scene.objects):
        if placed.mesh is not None:  # keeps its texture
            painted.append(placed)
            continue
        other = make_object(placed.name, int(rng.integers(2**31)))
        parts = [visual.part for visual in placed.shape.visuals]
        if parts != [visual.part for visual in other.visuals]:
            other = placed.shape
        for number, visual in enumerate(other.visuals):
            material = model.material(material_name(index, visual.part, number))
            material.rgba[:3] = visual.rgb
        painted.append(replace(placed, colour_name=other.colour_name))
    return replace(scene, objects=tuple(painted))


def _lay_out_anew(scene: Scene, rng: np.random.Generator) -> Scene:
    instances = [placed.instance for placed in scene.objects]
    try:
        objects = place(rng, instances)
    except NoRoom:
        objects = scene.objects
    return replace(scene, objects=objects, light=random_light(rng), camera=random_camera(rng))


def _apply(scene: Scene, model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Move objects, lamp and camera of a compiled model to where a scene has them."""
    other = build_model(scene, with_robot=False)
    data.qpos[:] = other.qpos0
    for field in ("cam_pos", "cam_quat", "cam_fovy", "light_pos", "light_dir", "light_diffuse"):
        getattr(model, field)[:] = getattr(other, field)
    model.vis.headlight.ambient[:] = other.vis.headlight.ambient
    mujoco.mj_forward(model, data)


def _nameless_labels(scene: Scene, labels: Sequence[PartLabel]) -> list[PartLabel]:
    """Return labels in which a mesh is called by the nameless kind that it looks like."""
    meshes = [placed.mesh for placed in scene.objects]
    return [
        label
        if (mesh := meshes[label.object_index]) is None
        else replace(label, object_name=kind_of(mesh), part_name=NAMELESS_PART)
        for label in labels
    ]


def _to_row(
    image: np.ndarray, part_ids: np.ndarray, labels: Sequence[PartLabel]
) -> dict[str, np.ndarray]:
    vocabulary = load_vocabulary()
    type_of = {pair: index + 1 for index, pair in enumerate(vocabulary.labelled_types)}
    types = np.zeros(MAX_PARTS, np.uint8)
    colours = np.full(MAX_PARTS, NO_COLOUR, np.uint8)
    numbers = np.zeros((MAX_PARTS, 4), np.float32)
    visible = np.zeros(MAX_PARTS, np.float32)
    default = np.zeros(MAX_PARTS, np.bool_)
    table_row = np.zeros(256, np.uint8)
    for row, label in enumerate(labels):
        rectangle = label.rectangle
        types[row] = type_of[label.object_name, label.part_name]
        if label.colour_name in vocabulary.colours:
            colours[row] = vocabulary.colours.index(label.colour_name)
        numbers[row] = (
            rectangle.x_px / RENDER_WIDTH_PX,
            rectangle.y_px / RENDER_WIDTH_PX,
            rectangle.opening_px / RENDER_WIDTH_PX,
            rectangle.theta_rad,
        )
        visible[row] = label.visible_fraction
        default[row] = label.is_default
        table_row[label.part_id] = row + 1
    rows, columns = image.shape[0] // CELL_PX, image.shape[1] // CELL_PX
    return {
        "images": image,
        "cell_parts": cell_parts(table_row[part_ids], rows, columns),
        "types": types,
        "colours": colours,
        "numbers": numbers,
        "visible": visible,
        "default": default,
    }
