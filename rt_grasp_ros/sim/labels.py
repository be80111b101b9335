"""The true grasp of every part, in space and as a rectangle in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from ..grasp.grasp import Gripper
from ..grasp.rectangle import GraspRectangle
from .placed_object import PlacedObject
from .render import Camera
from .scene import Scene
from .scene_model import body_name
from .shape import PartGrasp

JAW_BREADTH_M = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class PartLabel:
    """The truth about one part of one object.

    Attributes:
        object_index: of the object in the scene.
        object_name: what it is.
        colour_name: its main colour.
        part_name: which part of it.
        part_id: value of its pixels in `Camera.part_ids`.
        rectangle: its grasp in the camera's pixels.
        T_world_grasp: its grasp in the world (+z approach, +x closing), shape (4, 4), metres.
        opening_m: jaw distance to approach with, clearance included.
        visible_fraction: share of the part's surface towards the camera that is seen, in 0..1.
        is_default: whether it is the part to grasp when only the object is named.
        called: how the object is called, where it is none of the vocabulary's.
        uses: what it is for, alike.
    """

    object_index: int
    object_name: str
    colour_name: str
    part_name: str
    part_id: int
    rectangle: GraspRectangle
    T_world_grasp: NDArray[np.float64]
    opening_m: float
    visible_fraction: float
    is_default: bool
    called: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


def part_labels(
    scene: Scene, model: mujoco.MjModel, data: mujoco.MjData, camera: Camera
) -> list[PartLabel]:
    """Label every part of every object where it is now.

    Args:
        scene: what the model was built from.
        model: from `build_model(scene, ...)`.
        data: its state; kinematics must be up to date (`mj_forward`).
        camera: whose pixels the rectangles are in.

    Returns:
        Labels in the order of objects and their parts.
    """
    seen = camera.part_ids(data)
    T_camera_world = np.asarray(np.linalg.inv(camera.T_world_camera(data)), dtype=np.float64)
    part_ids = scene.part_ids
    labels = []
    for index, placed in enumerate(scene.objects):
        body = model.body(body_name(index)).id
        T_world_object = np.eye(4)
        T_world_object[:3, :3] = data.xmat[body].reshape(3, 3)
        T_world_object[:3, 3] = data.xpos[body]
        for grasp in placed.grasps:
            part_id = part_ids[index, grasp.part]
            opening_m = _opening_m(grasp)
            T_world_grasp, top_m = _grasp_in_world(T_world_object, grasp)
            labels.append(
                PartLabel(
                    object_index=index,
                    object_name=placed.name,
                    colour_name=placed.colour_name,
                    part_name=grasp.part,
                    part_id=part_id,
                    rectangle=_rectangle(T_camera_world, T_world_grasp, top_m, opening_m, camera),
                    T_world_grasp=T_world_grasp,
                    opening_m=opening_m,
                    visible_fraction=_visible_fraction(
                        T_camera_world @ T_world_object, placed, grasp.part, seen == part_id, camera
                    ),
                    is_default=grasp.part == placed.shape.default_part,
                    called=placed.shape.called,
                    uses=placed.shape.uses,
                )
            )
    return labels


def _opening_m(grasp: PartGrasp) -> float:
    gripper = Gripper()
    return min(gripper.max_opening_m, grasp.width_m + gripper.clearance_m)


def _grasp_in_world(
    T_world_object: NDArray[np.float64], grasp: PartGrasp
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pose of the top-down grasp (4, 4) and the surface point above it (3,), in the world."""
    rotation, origin = T_world_object[:3, :3], T_world_object[:3, 3]
    closing = rotation @ grasp.closing
    closing[2] = 0.0
    closing /= np.linalg.norm(closing)
    approach = np.array([0.0, 0.0, -1.0])
    T_world_grasp = np.eye(4)
    T_world_grasp[:3, :3] = np.stack([closing, np.cross(approach, closing), approach], axis=1)
    T_world_grasp[:3, 3] = rotation @ grasp.tip_m + origin
    return T_world_grasp, rotation @ grasp.top_m + origin


def _rectangle(
    T_camera_world: NDArray[np.float64],
    T_world_grasp: NDArray[np.float64],
    top_m: NDArray[np.float64],
    opening_m: float,
    camera: Camera,
) -> GraspRectangle:
    """Project the jaw line at the height of the surface."""
    closing, across = T_world_grasp[:3, 0], T_world_grasp[:3, 1]
    ends = np.array([0.0, -0.5, 0.5, 0.0, 0.0])[:, None] * opening_m * closing
    sides = np.array([0.0, 0.0, 0.0, -0.5, 0.5])[:, None] * JAW_BREADTH_M * across
    points = (top_m + ends + sides) @ T_camera_world[:3, :3].T + T_camera_world[:3, 3]
    centre, jaw_from, jaw_to, side_from, side_to = camera.intrinsics.project(points)
    right, down = jaw_to - jaw_from
    return GraspRectangle(
        x_px=float(centre[0]),
        y_px=float(centre[1]),
        theta_rad=float(np.arctan2(-down, right)),
        opening_px=float(np.hypot(right, down)),
        jaw_px=float(np.linalg.norm(side_to - side_from)),
        image_width_px=camera.intrinsics.width_px,
        image_height_px=camera.intrinsics.height_px,
    )


def _visible_fraction(
    T_camera_object: NDArray[np.float64],
    placed: PlacedObject,
    part: str,
    mask: NDArray[np.bool_],
    camera: Camera,
) -> float:
    """Share, by projected area, of the part's faces towards the camera whose pixel shows it."""
    seen_area = whole_area = 0.0
    for visual in placed.shape.visuals:
        if visual.part != part:
            continue
        vertices = visual.mesh.vertices_m @ T_camera_object[:3, :3].T + T_camera_object[:3, 3]
        corners = camera.intrinsics.project(vertices)[visual.mesh.faces]
        first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        # Counter-clockwise from outside is clockwise on y-down pixels seen from the front.
        area = np.maximum(0.0, second[:, 0] * first[:, 1] - second[:, 1] * first[:, 0])
        column, row = np.floor(corners.mean(axis=1)).astype(int).T
        inside = (column >= 0) & (column < mask.shape[1]) & (row >= 0) & (row < mask.shape[0])
        hit = np.zeros(len(area), dtype=bool)
        hit[inside] = mask[row[inside], column[inside]]
        seen_area += float(area[hit].sum())
        whole_area += float(area.sum())
    return seen_area / whole_area if whole_area > 0 else 0.0
