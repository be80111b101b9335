"""Pictures of textured meshes on random tables, with depth and the truth of which pixel is which.

These pictures teach words and measure how things are cut apart; nothing moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import mujoco
import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from ..grasp.errors import DataInvalid
from .meshes.mesh_entry import MESH_FILE, TEXTURE_FILE, MeshEntry
from .packages import Package, draw_packages
from .panda import body_pose
from .render import Camera
from .scene_model import CAMERA_NAME

_WIDTH_PX, _HEIGHT_PX = 640, 480
_TRIES = 60
_TEXTURE_PX = 256
_FLOOR_M = 0.72


@dataclass(frozen=True, slots=True, eq=False)
class MeshPicture:
    """What a camera sees of a table with meshes.

    Attributes:
        rgb: uint8, shape (H, W, 3).
        depth_m: along the optical axis, shape (H, W), NaN where nothing is hit.
        thing_ids: which of `things` each pixel shows, counted from 1, 0 for none; packages are
            counted after the things; shape (H, W).
        things: that stand there, without packages.
        T_camera_things: map the coordinates of each thing's mesh to the optical frame, shape
            (T, 4, 4), metres.
        intrinsics: of the camera.
    """

    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    thing_ids: NDArray[np.uint8]
    things: tuple[MeshEntry, ...]
    T_camera_things: NDArray[np.float64]
    intrinsics: Intrinsics


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many things stand how near to each other.

    Attributes:
        fewest: of them.
        most: one less than this is the most.
        reach_m: from the table's middle, along x and y.
        packages: the most printed boxes and cans beside them, see `packages.py`.
    """

    fewest: int = 3
    most: int = 8
    reach_m: float = 0.28
    packages: int = 0


_USUAL = Crowd()


def draw_mesh_pictures(
    things: Sequence[MeshEntry], seed: int, views: int = 3, crowd: Crowd = _USUAL
) -> Iterator[MeshPicture]:
    """Yield views of one table; the same arguments give the same pictures on one machine.

    Args:
        things: some of which stand on the table.
        seed: of table, light and cameras.
        views: how many cameras.
        crowd: how many things, and how near to each other.
    """
    rng = np.random.default_rng(seed)
    known = sorted(things, key=lambda thing: thing.name)
    count = min(len(known), int(rng.integers(crowd.fewest, crowd.most)))
    drawn = [known[k] for k in rng.choice(len(known), count, replace=False)]
    placed = _placed(drawn, crowd.reach_m, rng)
    taken = [(x_m, y_m, thing.radius_m) for thing, x_m, y_m, _ in placed]
    count = int(rng.integers(crowd.packages + 1)) if crowd.packages else 0
    packages = draw_packages(count, taken, crowd.reach_m, rng)
    model = _model(placed, packages, rng)
    data = mujoco.MjData(model)
    with Camera(model, _WIDTH_PX, _HEIGHT_PX) as camera:
        for _ in range(views):
            _turn_camera(model, rng)
            mujoco.mj_forward(model, data)
            yield MeshPicture(
                rgb=_as_a_camera_sees(camera.rgb(data), rng),
                depth_m=camera.depth_m(data),
                thing_ids=camera.part_ids(data),
                things=tuple(thing for thing, *_ in placed),
                T_camera_things=_poses(data, camera, len(placed)),
                intrinsics=camera.intrinsics,
            )


def _poses(data: mujoco.MjData, camera: Camera, count: int) -> NDArray[np.float64]:
    """Return where the things are, in the optical frame, shape (count, 4, 4)."""
    T_camera_world = np.linalg.inv(camera.T_world_camera(data))
    poses = [T_camera_world @ body_pose(data, _body_name(index)) for index in range(count)]
    return np.asarray(poses).reshape(-1, 4, 4)


def _body_name(index: int) -> str:
    return f"thing{index}"


def _placed(
    things: Sequence[MeshEntry], reach_m: float, rng: np.random.Generator
) -> list[tuple[MeshEntry, float, float, float]]:
    """Return things with x, y and heading; those without room are left out."""
    placed: list[tuple[MeshEntry, float, float, float]] = []
    for thing in things:
        for _ in range(_TRIES):
            x_m, y_m = rng.uniform(-reach_m, reach_m, 2)
            if all(
                math.hypot(x_m - other_x, y_m - other_y)
                > (thing.radius_m + other.radius_m) * rng.uniform(0.7, 1.05)
                for other, other_x, other_y, _ in placed
            ):
                placed.append((thing, float(x_m), float(y_m), float(rng.uniform(0, math.tau))))
                break
    return placed


def _model(
    placed: Sequence[tuple[MeshEntry, float, float, float]],
    packages: Sequence[Package],
    rng: np.random.Generator,
) -> mujoco.MjModel:
    """Return a model of things on a random table under random light, with a camera."""
    spec = mujoco.MjSpec()
    spec.visual.headlight.ambient = rng.uniform(0.2, 0.5, 3)
    spec.visual.headlight.diffuse = rng.uniform(0.1, 0.5, 3)
    spec.visual.map.znear, spec.visual.map.zfar = 0.01, 20
    spec.visual.quality.shadowsize, spec.visual.quality.offsamples = 2048, 4
    spec.stat.extent = 1
    assets: dict[str, bytes] = {}
    _add_material(spec, "table", _random_texture(rng, 30, 235), rng.uniform(0.5, 3, 2))
    _add_material(spec, "floor", _random_texture(rng, 60, 200), (1, 1))
    world = spec.worldbody
    world.add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX,
        size=[*rng.uniform(0.4, 0.9, 2), 0.02],
        pos=[0, 0, -0.02],
        material="table",
        userdata=[0],
    )
    world.add_geom(
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[5, 5, 0.1],
        pos=[0, 0, -_FLOOR_M],
        material="floor",
        userdata=[0],
    )
    for _ in range(rng.integers(1, 4)):
        kind = mujoco.mjtLightType
        world.add_light(
            pos=[*rng.uniform(-1.5, 1.5, 2), rng.uniform(1, 2.5)],
            dir=[0, 0, -1],
            type=kind.mjLIGHT_DIRECTIONAL if rng.random() < 0.5 else kind.mjLIGHT_SPOT,
            diffuse=rng.uniform(0.2, 0.7, 3),
            castshadow=bool(rng.random() < 0.6),
        )
    for index, (thing, x_m, y_m, heading_rad) in enumerate(placed):
        material = f"thing{index}"
        _add_material(spec, material, _texture(thing), (1, 1), rng.uniform(0, 0.5, 2))
        assets[f"{material}.obj"] = (Path(thing.folder) / MESH_FILE).read_bytes()
        spec.add_mesh(
            name=material,
            file=f"{material}.obj",
            inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
        )
        world.add_body(
            name=_body_name(index),
            pos=[x_m, y_m, 0.002],
            quat=[math.cos(heading_rad / 2), 0, 0, math.sin(heading_rad / 2)],
        ).add_geom(
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=material,
            material=material,
            userdata=[index + 1],
        )
    for index, package in enumerate(packages, len(placed)):
        package.add_to(spec, f"package{index}", index + 1)
    world.add_camera(name=CAMERA_NAME, fovy=45.0)
    spec.nuser_geom = 1
    spec.assets = assets
    return spec.compile()


def _turn_camera(model: mujoco.MjModel, rng: np.random.Generator) -> None:
    """Let the camera look at the middle of the table from 0.55 to 1.2 m, at any slant."""
    at_m = np.array([*rng.uniform(-0.1, 0.1, 2), 0.03])
    heading_rad, above_rad = rng.uniform(0, math.tau), math.radians(rng.uniform(22, 88))
    level = math.cos(above_rad)
    back = np.array(
        [math.cos(heading_rad) * level, math.sin(heading_rad) * level, math.sin(above_rad)]
    )
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    # MuJoCo's camera looks along -z with +y up.
    rotation = np.stack([right, np.cross(back, right), back], axis=1)
    camera_id = model.camera(CAMERA_NAME).id
    model.cam_pos[camera_id] = at_m + rng.uniform(0.55, 1.2) * back
    mujoco.mju_mat2Quat(model.cam_quat[camera_id], rotation.ravel())


def _texture(thing: MeshEntry) -> NDArray[np.uint8]:
    """Return a mesh's texture, RGB uint8."""
    path = Path(thing.folder) / TEXTURE_FILE
    bgr = cv2.imread(str(path)) if path.is_file() else None
    if bgr is None:
        raise DataInvalid(f"The texture '{path}' can't be read; fetch the meshes again.")
    return np.asarray(bgr[..., ::-1], np.uint8)


def _random_texture(
    rng: np.random.Generator, darkest: float, brightest: float
) -> NDArray[np.uint8]:
    """Return a plain, cloudy or streaky texture, RGB uint8."""
    side = _TEXTURE_PX
    texture = np.full((side, side, 3), rng.uniform(darkest, brightest) + rng.normal(0, 15, 3))
    kind = rng.integers(3)
    if kind == 1:
        for octave in range(4):
            grain = rng.normal(0, 12, (2 ** (octave + 2),) * 2).astype(np.float32)
            texture += cv2.resize(grain, (side, side), interpolation=cv2.INTER_CUBIC)[..., None]
    elif kind == 2:
        streaks = rng.normal(0, 18, (4, side // 2)).astype(np.float32)
        texture += cv2.resize(streaks, (side, side))[..., None]
    return np.clip(texture, 0, 255).astype(np.uint8)


def _add_material(
    spec: mujoco.MjSpec,
    name: str,
    picture_rgb: NDArray[np.uint8],
    repeat: Sequence[float] | NDArray[np.float64],
    shine: Sequence[float] | NDArray[np.float64] = (0.0, 0.0),
) -> None:
    texture = spec.add_texture(
        name=name,
        type=mujoco.mjtTexture.mjTEXTURE_2D,
        width=picture_rgb.shape[1],
        height=picture_rgb.shape[0],
        nchannel=3,
    )
    texture.data = picture_rgb.tobytes()
    material = spec.add_material(
        name=name, texrepeat=list(repeat), specular=shine[0], shininess=shine[1]
    )
    material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name


def _as_a_camera_sees(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a picture with a camera's gain, cast, blur and noise."""
    lit = rgb * (rng.uniform(0.75, 1.2) * (1 + rng.normal(0, 0.05, 3)))
    blurred = np.asarray(cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.3, 1.0)))
    noisy = blurred + rng.normal(0, rng.uniform(1, 6), lit.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
