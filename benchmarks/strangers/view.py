"""Pictures of the cell's table through any camera, with the truth; floors and walls."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import mujoco
import numpy as np
from numpy.typing import NDArray

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.sim.labels import PartLabel, part_labels
from rt_grasp_ros.sim.render import Camera
from rt_grasp_ros.sim.scene import Scene, random_scene
from rt_grasp_ros.sim.scene_model import build_model
from rt_grasp_ros.sim.surroundings import CameraPose


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture with the truth.

    Attributes:
        rgb: u8, shape (H, W, 3).
        depth_m: float32, shape (H, W).
        part_ids: which pixel shows which part, u8, shape (H, W).
        intrinsics: the camera.
        T_world_camera: its pose, shape (4, 4); the table is z = 0.
        labels: the grasps that are right.
        scene: what is seen.
    """

    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    part_ids: NDArray[np.uint8]
    intrinsics: Intrinsics
    T_world_camera: NDArray[np.float64]
    labels: Sequence[PartLabel]
    scene: Scene

    @property
    def height_m(self) -> float:
        """Of the camera above the table."""
        return float(self.T_world_camera[2, 3])

    def mask(self, object_index: int) -> NDArray[np.bool_]:
        """Return which pixels show an object, shape (H, W)."""
        ids = [i for (index, _), i in self.scene.part_ids.items() if index == object_index]
        return np.isin(self.part_ids, ids)

    def depth_of_plane_m(
        self, normal_world: Sequence[float], point_world_m: Sequence[float]
    ) -> NDArray[np.float32]:
        """Return the depth of a plane in each pixel, shape (H, W); infinite where it is not."""
        rays = self._rays() @ self.T_world_camera[:3, :3].T
        slope = rays @ np.asarray(normal_world)
        distance_m = np.subtract(point_world_m, self.T_world_camera[:3, 3]) @ normal_world
        with np.errstate(divide="ignore", invalid="ignore"):
            depth_m = distance_m / slope
        return np.where(depth_m > 0, depth_m, np.inf).astype(np.float32)

    def with_wall(self, x_m: float) -> View:
        """Return the view with a wall across the table."""
        wall_m = self.depth_of_plane_m((1.0, 0.0, 0.0), (x_m, 0.0, 0.0))
        nearer = wall_m < np.nan_to_num(self.depth_m, nan=np.inf)
        return self._painted(nearer, np.where(nearer, wall_m, self.depth_m))

    def with_floor(
        self, half_x_m: float, half_y_m: float, below_m: float, middle_m: Sequence[float]
    ) -> View:
        """Return the view with a table that ends, and a floor below it.

        Args:
            half_x_m: half of the table's extent along x.
            half_y_m: half of its extent along y.
            below_m: how far below its top the floor is.
            middle_m: the middle of the table, x and y.
        """
        points_m = self._rays() * self.depth_m[..., None]
        points_m = points_m @ self.T_world_camera[:3, :3].T + self.T_world_camera[:3, 3]
        away_m = np.abs(points_m[..., :2] - middle_m)
        off = (np.abs(points_m[..., 2]) < 0.002) & (away_m > (half_x_m, half_y_m)).any(axis=-1)
        off |= ~np.isfinite(self.depth_m)
        floor_m = self.depth_of_plane_m((0.0, 0.0, 1.0), (0.0, 0.0, -below_m))
        return self._painted(off, np.where(off, floor_m, self.depth_m))

    def _painted(self, where: NDArray[np.bool_], depth_m: NDArray[np.float32]) -> View:
        rgb = self.rgb.copy()
        rgb[where] = (110, 90, 80)
        depth_m = np.where(np.isfinite(depth_m), depth_m, np.nan).astype(np.float32)
        return replace(self, rgb=rgb, depth_m=depth_m)

    def _rays(self) -> NDArray[np.float64]:
        """Return the point at depth 1 of each pixel in the optical frame, shape (H, W, 3)."""
        rows, columns = np.indices(self.depth_m.shape) + 0.5
        return self.intrinsics.back_project(np.stack([columns, rows], axis=-1), 1.0)


@dataclass(frozen=True, slots=True)
class Lens:
    """How a camera sees: size of its pictures and vertical field of view."""

    name: str
    width_px: int
    height_px: int
    fovy_deg: float


CELL = Lens("the cell's camera", 640, 480, 40.0)
D435 = Lens("RealSense D435", 1280, 720, 42.5)
D455 = Lens("RealSense D455", 1280, 720, 59.0)
AZURE_KINECT = Lens("Azure Kinect", 1280, 720, 59.0)


def straight_down(lens: Lens, height_m: float) -> CameraPose:
    """Return a camera above the middle of the table."""
    return slanted(lens, height_m, 0.0)


def slanted(lens: Lens, distance_m: float, slant_deg: float) -> CameraPose:
    """Return a camera that looks at the middle of the table from the robot's side."""
    slant = math.radians(slant_deg)
    position_m = (0.499 - distance_m * math.sin(slant), 0.0, distance_m * math.cos(slant))
    return CameraPose(position_m, (0.5, 0.0, 0.0), math.radians(lens.fovy_deg))


def look(
    names: Sequence[str],
    seed: int,
    lens: Lens = CELL,
    camera: CameraPose | None = None,
    places: Mapping[int, tuple[float, float]] | None = None,
) -> View:
    """Draw a table of the cell.

    Args:
        names: of the objects on it.
        seed: of the scene.
        lens: of the camera.
        camera: its pose; as the scene draws it where it is left out.
        places: x and y of objects that are to lie elsewhere than drawn.
    """
    scene = random_scene(seed, tuple(names))
    objects = [
        replace(thing, x_m=places[i][0], y_m=places[i][1]) if places and i in places else thing
        for i, thing in enumerate(scene.objects)
    ]
    scene = replace(scene, objects=tuple(objects), camera=camera or scene.camera)
    model = build_model(scene, with_robot=False)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    with Camera(model, lens.width_px, lens.height_px) as drawn:
        return View(
            drawn.rgb(data),
            drawn.depth_m(data),
            drawn.part_ids(data),
            drawn.intrinsics,
            drawn.T_world_camera(data),
            part_labels(scene, model, data, drawn),
            scene,
        )
