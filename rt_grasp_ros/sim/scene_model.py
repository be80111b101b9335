"""The physics model of a scene, as MuJoCo compiles it: table, light, camera, objects."""

from __future__ import annotations

from typing import Any

import mujoco
import numpy as np

from .room_model import TABLE, add_covering, add_room
from .scene import Scene
from .shape import ObjectShape, Texture, Visual

CAMERA_NAME = "camera"
VISUAL_GROUP = 0
COLLISION_GROUP = 3
TIMESTEP_S = 0.002
FRICTION = (1.0, 0.005, 0.0001)


def body_name(object_index: int) -> str:
    """Name of an object's body and of its free joint in the model."""
    return f"object{object_index}"


def material_name(object_index: int, part: str, visual_index: int) -> str:
    """Name of the material, mesh and geom of one piece of an object's visible surface."""
    return f"{body_name(object_index)}/{part}/{visual_index}"


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
