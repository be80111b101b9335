"""The simulated camera: colour, depth and the truth about which pixel shows which part."""

from __future__ import annotations

import math
from typing import TypeVar

import mujoco
import numpy as np
from numpy.typing import NDArray

from ..closing import Closing
from ..grasp.camera import Intrinsics
from .gl import make_current
from .scene import Scene
from .scene_model import CAMERA_NAME, COLLISION_GROUP, build_model

_MAX_GEOMS = 2000
_Value = TypeVar("_Value", bound=np.generic)


class Camera(Closing):
    """Draws what a camera of the model sees; close it, or use it as a context manager.

    A camera belongs to the thread that made it, as its OpenGL context does.
    """

    def __init__(
        self,
        model: mujoco.MjModel,
        width_px: int = 640,
        height_px: int = 480,
        camera_name: str = CAMERA_NAME,
    ) -> None:
        """Load the model's meshes and textures for drawing.

        Args:
            model: from `build_model`. Where it is changed later (camera, light), pictures follow.
            width_px: width of the pictures.
            height_px: height of the pictures.
            camera_name: which of the model's cameras.

        Raises:
            OpenGlUnavailable: there is nothing to draw with.
        """
        self._model = model
        self._camera_id = model.camera(camera_name).id
        self._rect = mujoco.MjrRect(0, 0, width_px, height_px)
        self._part_of_geom = (
            model.geom_user[:, 0].astype(np.uint8)
            if model.nuser_geom
            else np.zeros(model.ngeom, dtype=np.uint8)
        )
        self._view = mujoco.MjvCamera()
        self._view.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._view.fixedcamid = self._camera_id
        self._options = mujoco.MjvOption()
        self._options.geomgroup[COLLISION_GROUP] = 0
        self._scene = mujoco.MjvScene(model, _MAX_GEOMS)
        make_current()
        model.vis.global_.offwidth = width_px
        model.vis.global_.offheight = height_px
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
        self._context.readDepthMap = mujoco.mjtDepthMap.mjDEPTH_ZEROFAR

    @property
    def intrinsics(self) -> Intrinsics:
        """The pinhole of the pictures."""
        width_px, height_px = self._rect.width, self._rect.height
        fovy_rad = math.radians(self._model.cam_fovy[self._camera_id])
        focal_px = height_px / 2 / math.tan(fovy_rad / 2)
        return Intrinsics(
            focal_px, focal_px, (width_px - 1) / 2, (height_px - 1) / 2, width_px, height_px
        )

    def rgb(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """The colour picture, u8 shape (H, W, 3)."""
        self._draw(data, as_ids=False)
        return self._read_colour()

    def depth_m(self, data: mujoco.MjData) -> NDArray[np.float32]:
        """Distance along the optical z axis, f32 shape (H, W); NaN where nothing is hit."""
        self._draw(data, as_ids=True)
        buffer = np.empty((self._rect.height, self._rect.width), dtype=np.float32)
        mujoco.mjr_readPixels(None, buffer, self._rect, self._context)
        extent = self._model.stat.extent
        near_m, far_m = self._model.vis.map.znear * extent, self._model.vis.map.zfar * extent
        # Undoes the perspective division of a reversed depth buffer: 1 at near, 0 at far.
        depth = near_m * far_m / (near_m + buffer.astype(np.float64) * (far_m - near_m))
        depth[buffer <= 0.0] = np.nan
        return np.flipud(depth).astype(np.float32)

    def part_ids(self, data: mujoco.MjData) -> NDArray[np.uint8]:
        """Id of the part that each pixel shows (see `Scene.part_ids`), 0 for none, shape (H, W)."""
        return self._of_geoms(data, self._part_of_geom)

    def shininess(self, data: mujoco.MjData) -> NDArray[np.float32]:
        """How much what each pixel shows mirrors, in 0..1, 0 for nothing, f32 shape (H, W)."""
        material = self._model.geom_matid
        of_geom = np.where(material >= 0, self._model.mat_specular[material], 0.0)
        return self._of_geoms(data, of_geom.astype(np.float32))

    def T_world_camera(self, data: mujoco.MjData) -> NDArray[np.float64]:
        """Maps optical coordinates (+x right, +y down, +z forward) to the world, shape (4, 4)."""
        T_world_camera = np.eye(4)
        rotation = data.cam_xmat[self._camera_id].reshape(3, 3)
        T_world_camera[:3, :3] = rotation * [1.0, -1.0, -1.0]
        T_world_camera[:3, 3] = data.cam_xpos[self._camera_id]
        return T_world_camera

    def close(self) -> None:
        """Free what was loaded for drawing; the camera can't draw after that."""
        make_current()
        self._context.free()

    def _of_geoms(self, data: mujoco.MjData, values: NDArray[_Value]) -> NDArray[_Value]:
        """Return for each pixel the value of the geom that it shows, 0 for none."""
        self._draw(data, as_ids=True)
        colour = self._read_colour()
        segment = colour[..., 0] + colour[..., 1].astype(np.uint16) * 256
        of_segment = np.zeros(self._scene.ngeom + 1, dtype=values.dtype)
        for geom in self._scene.geoms[: self._scene.ngeom]:
            if geom.objtype == mujoco.mjtObj.mjOBJ_GEOM and geom.segid >= 0:
                of_segment[geom.segid + 1] = values[geom.objid]
        return of_segment[segment]

    def _draw(self, data: mujoco.MjData, as_ids: bool) -> None:
        make_current()
        # Cameras of one thread share the OpenGL context, and with it the bound frame buffer.
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        mujoco.mjv_updateScene(
            self._model,
            data,
            self._options,
            None,
            self._view,
            mujoco.mjtCatBit.mjCAT_ALL,
            self._scene,
        )
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = not as_ids
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SEGMENT] = as_ids
        self._scene.flags[mujoco.mjtRndFlag.mjRND_IDCOLOR] = as_ids
        mujoco.mjr_render(self._rect, self._scene, self._context)

    def _read_colour(self) -> NDArray[np.uint8]:
        buffer = np.empty((self._rect.height, self._rect.width, 3), dtype=np.uint8)
        mujoco.mjr_readPixels(buffer, None, self._rect, self._context)
        return np.ascontiguousarray(np.flipud(buffer))


def draw_still(
    scene: Scene, width_px: int = 640, height_px: int = 480
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a scene's colour picture (H, W, 3) and part ids (H, W), without the robot."""
    model = build_model(scene, with_robot=False)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    with Camera(model, width_px, height_px) as camera:
        return camera.rgb(data), camera.part_ids(data)
