"""A table with objects on it: plain values, drawn at random, and their physics model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import mujoco
import numpy as np

from ..grasp.errors import RequestInvalid
from .cameras.choice import CameraChoice
from .cameras.profiles import CELL_CAMERA, CameraProfile
from .instance import Instance
from .meshes.mesh_entry import MeshEntry
from .objects import NAMELESS, OBJECT_NAMES, SEEN
from .placed_object import PlacedObject
from .placement import NoRoom, place
from .room import Room, random_room
from .room_model import TABLE, add_covering, add_room
from .shape import ObjectShape, Texture, Visual
from .surroundings import CameraPose, Light, Table, random_camera, random_light, random_table

MAX_OBJECTS = 6
_DRAWS = 6
CELLS_CAMERA = CameraChoice()
CAMERA_NAME = "camera"
VISUAL_GROUP = 0
COLLISION_GROUP = 3
TIMESTEP_S = 0.002
FRICTION = (1.0, 0.005, 0.0001)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a picture and the physics of the cell depend on.

    World frame: the Panda's base, the table top at z = 0, +x away from the robot.
    """

    seed: int
    objects: tuple[PlacedObject, ...]
    light: Light
    table: Table
    camera: CameraPose
    camera_profile: CameraProfile = CELL_CAMERA
    room: Room | None = None

    @property
    def part_ids(self) -> dict[tuple[int, str], int]:
        """Pixel value in `Camera.part_ids` of each `(object index, part name)`, from 1."""
        keys = [(i, part) for i, placed in enumerate(self.objects) for part in placed.shape.parts]
        return {key: number for number, key in enumerate(keys, start=1)}


class ObjectCountInvalid(RequestInvalid):
    """Too few or too many objects, or another number than there are names."""

    def __init__(self, count: int | None) -> None:
        self.count = count
        super().__init__(
            f"A scene can't have {count} objects here; ask for 1 to {MAX_OBJECTS}, and for as "
            "many as are named."
        )


def body_name(object_index: int) -> str:
    """Name of an object's body and of its free joint in the model."""
    return f"object{object_index}"


def material_name(object_index: int, part: str, visual_index: int) -> str:
    """Name of the material, mesh and geom of one piece of an object's visible surface."""
    return f"{body_name(object_index)}/{part}/{visual_index}"


def random_scene(
    seed: int,
    object_names: Sequence[str] | None = None,
    count: int | None = None,
    cameras: CameraChoice = CELLS_CAMERA,
    meshes: Sequence[MeshEntry] = (),
) -> Scene:
    """Draw a scene; the same arguments give the same scene on every machine.

    Args:
        seed: not negative.
        object_names: which objects, in this order: names of `meshes`, of the catalogue, or nouns
            of `meshes`; drawn if left out, from `meshes` alone where there are any, and else from
            the catalogue, never held-out ones.
        count: how many to draw, 1..6; drawn if left out.
        cameras: what the camera is drawn from; nothing else depends on it.
        meshes: what may stand on the table; drawn so that their names tell them apart, which
            may be fewer than `count`. What can't be grasped, or did not hold in the physics where
            it was tried, is not drawn.

    Raises:
        UnknownObject: a name is neither one of `OBJECT_NAMES` nor a mesh's.
        ObjectCountInvalid: there are none, more than 6, or not `count` names.
        NoRoom: the objects do not fit on the table.
    """
    rng = np.random.default_rng(seed)
    surroundings = random_light(rng), random_table(rng), random_camera(rng)
    if object_names is not None:
        wanted = len(object_names)
    else:
        wanted = int(rng.integers(1, MAX_OBJECTS + 1)) if count is None else count
    if not 1 <= wanted <= MAX_OBJECTS or count not in (None, wanted):
        raise ObjectCountInvalid(wanted if count in (None, wanted) else count)
    for tries_left in reversed(range(_DRAWS)):
        names = _draw_names(rng, wanted, meshes) if object_names is None else object_names
        try:
            objects = place(rng, [_instance(name, meshes, rng) for name in names])
        except NoRoom:
            if not tries_left:
                raise
        else:
            break
    scene = Scene(seed, objects, *surroundings)
    return scene if cameras.is_cells else seen_by(scene, cameras)


def seen_by(scene: Scene, cameras: CameraChoice) -> Scene:
    """Return a scene with a camera, and the room that it sees, drawn by the scene's seed."""
    profile, pose = cameras.draw(scene.seed)
    room = random_room(scene.seed) if cameras.with_room else None
    return replace(scene, camera=pose, camera_profile=profile, room=room)


def _draw_names(
    rng: np.random.Generator, count: int, meshes: Sequence[MeshEntry]
) -> tuple[str, ...]:
    """Draw distinct objects that are not held out, or meshes whose names tell them apart."""
    if not meshes:
        return tuple(SEEN[i] for i in rng.permutation(len(SEEN))[:count])
    drawn: list[MeshEntry] = []
    for i in rng.permutation(len(meshes)):
        mesh = meshes[i]
        if len(drawn) < count and mesh.may_be_drawn and not any(map(mesh.may_be_called, drawn)):
            drawn.append(mesh)
    return tuple(mesh.name for mesh in drawn)


def _instance(name: str, meshes: Sequence[MeshEntry], rng: np.random.Generator) -> Instance:
    """Draw the instance of a name: a mesh of that name, else an object, else a mesh so called."""
    seed = int(rng.integers(2**31))
    named = [mesh for mesh in meshes if mesh.name == name]
    if not named and name not in (*OBJECT_NAMES, *NAMELESS):
        named = [mesh for mesh in meshes if mesh.noun == name and mesh.graspable]
    if named:
        mesh = named[seed % len(named)]
        return Instance(mesh.noun, seed, mesh)
    return Instance(name, seed)


def build_model(scene: Scene, with_robot: bool) -> mujoco.MjModel:
    """Compile the physics model of a scene: table, light, camera and freely moving objects.

    Visible geoms are in group 0, colliding ones in group 3; both carry the part's id (see
    `Scene.part_ids`) as `geom_user[:, 0]`. Objects start exactly at rest on the table.

    Args:
        scene: what to build.
        with_robot: whether the Panda stands at the world's origin.
    """
    spec = mujoco.MjSpec()
    spec.option.timestep = TIMESTEP_S
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 10.0
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.stat.center = [0.5, 0.0, 0.1]
    spec.stat.extent = 1.0
    spec.visual.map.znear = 0.1
    spec.visual.map.zfar = 5.0
    spec.visual.quality.shadowsize = 1024
    spec.visual.quality.offsamples = 4
    spec.visual.headlight.diffuse = [0.12, 0.12, 0.12]
    spec.visual.headlight.specular = [0.0, 0.0, 0.0]
    spec.visual.headlight.ambient = [scene.light.ambient] * 3
    _add_surroundings(spec, scene)
    if scene.room is not None:
        spec.visual.map.zfar = 12.0
        add_room(spec, scene.room)
    for index in range(len(scene.objects)):
        _add_object(spec, scene, index)
    if with_robot:
        from .panda import attach_panda

        attach_panda(spec)
    return spec.compile()


def _add_surroundings(spec: mujoco.MjSpec, scene: Scene) -> None:
    """Add table, sky, light and camera."""
    spec.add_texture(
        name="sky",
        type=mujoco.mjtTexture.mjTEXTURE_SKYBOX,
        builtin=mujoco.mjtBuiltin.mjBUILTIN_GRADIENT,
        rgb1=[0.80, 0.84, 0.88],
        rgb2=[0.45, 0.48, 0.52],
        width=32,
        height=192,
    )
    add_covering(spec, TABLE, scene.table)
    world = spec.worldbody
    world.add_geom(
        name=TABLE,
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        # In a room the top of the table is seen as far as it goes, and touched everywhere.
        group=VISUAL_GROUP if scene.room is None else COLLISION_GROUP,
        # Off centre, so that no seam of the texture runs through the picture.
        pos=[1.0, 0.5, 0.0],
        size=[2.0, 2.0, 1.0],
        material=TABLE,
        friction=FRICTION,
        condim=4,
    )
    aim = np.subtract([0.5, 0.0, 0.0], scene.light.position_m)
    world.add_light(
        name="lamp",
        pos=scene.light.position_m,
        dir=aim / np.linalg.norm(aim),
        diffuse=scene.light.rgb,
        specular=[0.25, 0.25, 0.25],
        castshadow=True,
        cutoff=35.0,
        exponent=1.0,
    )
    # MuJoCo's camera looks along -z with +y up; the optical frame is turned about x by pi.
    rotation = scene.camera.R_world_camera * [1.0, -1.0, -1.0]
    quaternion = np.empty(4)
    mujoco.mju_mat2Quat(quaternion, rotation.ravel())
    world.add_camera(
        name=CAMERA_NAME,
        pos=scene.camera.position_m,
        quat=quaternion,
        fovy=np.degrees(scene.camera.fovy_rad),
    )


def _add_object(spec: mujoco.MjSpec, scene: Scene, index: int) -> None:
    """Add one object as a free body."""
    placed = scene.objects[index]
    shape = placed.shape
    name = body_name(index)
    ids = scene.part_ids
    body = spec.worldbody.add_body(
        name=name,
        pos=[placed.x_m, placed.y_m, 0.0],
        quat=[np.cos(placed.yaw_rad / 2), 0.0, 0.0, np.sin(placed.yaw_rad / 2)],
    )
    body.add_freejoint(name=name)
    for number, visual in enumerate(shape.visuals):
        label = material_name(index, visual.part, number)
        _add_visual(spec, label, visual)
        body.add_geom(
            name=label,
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=label,
            material=label,
            group=VISUAL_GROUP,
            contype=0,
            conaffinity=0,
            mass=0.0,
            userdata=[ids[index, visual.part]],
        )
    for number, (hull, mass_kg) in enumerate(zip(shape.hulls, _hull_masses_kg(shape), strict=True)):
        label = f"{name}/{hull.part}/hull{number}"
        spec.add_mesh(
            name=label,
            uservert=hull.mesh.vertices_m.ravel(),
            inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX,
        )
        body.add_geom(
            name=label,
            type=mujoco.mjtGeom.mjGEOM_MESH,
            meshname=label,
            group=COLLISION_GROUP,
            friction=FRICTION,
            condim=4,
            mass=mass_kg,
            userdata=[ids[index, hull.part]],
        )
    for number, (box, mass_kg) in enumerate(zip(shape.boxes, _masses_kg(shape), strict=True)):
        quaternion = np.empty(4)
        mujoco.mju_mat2Quat(quaternion, box.rotation.ravel())
        body.add_geom(
            name=f"{name}/{box.part}/box{number}",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=box.centre_m,
            quat=quaternion,
            size=box.half_m,
            group=COLLISION_GROUP,
            friction=FRICTION,
            condim=4,
            mass=mass_kg,
            userdata=[ids[index, box.part]],
        )


def _add_visual(spec: mujoco.MjSpec, label: str, visual: Visual) -> None:
    """Add mesh and material, and the texture where there is one."""
    texture = visual.texture
    spec.add_mesh(
        name=label,
        uservert=visual.mesh.vertices_m.ravel(),
        userface=visual.mesh.faces.ravel(),
        inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL,
        **({} if texture is None else _texture_coordinates(texture)),
    )
    rgb = visual.rgb if texture is None else (1.0, 1.0, 1.0)
    material = spec.add_material(
        name=label, rgba=[*rgb, 1.0], specular=visual.shininess, shininess=0.6
    )
    if texture is not None:
        height_px, width_px = texture.image_rgb.shape[:2]
        painted = spec.add_texture(
            name=label,
            type=mujoco.mjtTexture.mjTEXTURE_2D,
            width=width_px,
            height=height_px,
            nchannel=3,
        )
        painted.data = texture.image_rgb.tobytes()
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = label


def _texture_coordinates(texture: Texture) -> dict[str, Any]:
    """MuJoCo's v goes down, as rows of a picture do."""
    return {
        "usertexcoord": np.stack([texture.uv[:, 0], 1.0 - texture.uv[:, 1]], axis=1).ravel(),
        "userfacetexcoord": texture.face_uv.ravel(),
    }


def _hull_masses_kg(shape: ObjectShape) -> list[float]:
    """Share the object's mass among its convex pieces by volume."""
    volumes = [hull.volume_m3 for hull in shape.hulls]
    return [shape.mass_kg * volume / sum(volumes) for volume in volumes]


def _masses_kg(shape: ObjectShape) -> list[float]:
    """Share the object's mass among its boxes by volume and density."""
    weights = [box.density * float(np.prod(box.half_m)) for box in shape.boxes]
    return [shape.mass_kg * weight / sum(weights) for weight in weights]
