"""The simulated camera: colour, depth and the truth about which pixel shows which part."""

from __future__ import annotations

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics
from .scene import CAMERA_NAME, COLLISION_GROUP


class Camera:
    """Draws what the scene's camera sees; close it, or use it as a context manager.

    One camera belongs to one thread, as its OpenGL context does.

    Attributes:
        intrinsics: of the pictures it draws.
    """

    def __init__(self, model: mujoco.MjModel, width_px: int = 640, height_px: int = 480) -> None:
        model.vis.global_.offwidth = width_px
        model.vis.global_.offheight = height_px
        self._camera_id = model.camera(CAMERA_NAME).id
        self._far_m = float(0.99 * model.vis.map.zfar * model.stat.extent)
        self._part_of_geom = np.zeros(model.ngeom + 1, dtype=np.uint8)
        if model.nuser_geom:
            self._part_of_geom[:-1] = model.geom_user[:, 0].astype(np.uint8)
        self._renderer = mujoco.Renderer(model, height_px, width_px)
        self._options = mujoco.MjvOption()
        self._options.geomgroup[COLLISION_GROUP] = 0
        focal_px = height_px / 2 / math.tan(math.radians(model.cam_fovy[self._camera_id]) / 2)
        self.intrinsics = Intrinsics(
            focal_px, focal_px, (width_px - 1) / 2, (height_px - 1) / 2, width_px, height_px
        )

    def rgb(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """The colour picture, u8 shape (H, W, 3)."""
        return self._draw(data, shadows=True)

    def depth_m(self, data: mujoco.MjData) -> NDArray[np.float32]:
        """Distance along the optical z axis, f32 shape (H, W); NaN where nothing is hit."""
        self._renderer.enable_depth_rendering()
        try:
            depth = self._draw(data, shadows=False)
        finally:
            self._renderer.disable_depth_rendering()
        depth[depth >= self._far_m] = np.nan
        return depth

    def part_ids(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """Id of the part that each pixel shows (see `Scene.part_ids`), 0 for none, shape (H, W)."""
        self._renderer.enable_segmentation_rendering()
        try:
            geoms = self._draw(data, shadows=False)[..., 0]
        finally:
            self._renderer.disable_segmentation_rendering()
        return self._part_of_geom[geoms]

    def T_world_camera(self, data: mujoco.MjData) -> NDArray[np.float64]:
        """Maps optical coordinates (+x right, +y down, +z forward) to the world, shape (4, 4)."""
        T_world_camera = np.eye(4)
        rotation = data.cam_xmat[self._camera_id].reshape(3, 3)
        T_world_camera[:3, :3] = rotation * [1.0, -1.0, -1.0]
        T_world_camera[:3, 3] = data.cam_xpos[self._camera_id]
        return T_world_camera

    def close(self) -> None:
        """Free the OpenGL context."""
        self._renderer.close()

    def __enter__(self) -> Camera:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _draw(self, data: mujoco.MjData, shadows: bool) -> NDArray:
        self._renderer.update_scene(data, self._camera_id, self._options)
        self._renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = shadows
        return self._renderer.render()
