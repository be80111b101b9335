"""The three-dimensional view of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import viser
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from .robot_body import BodyMesh
from .shapes import ColouredCloud, Label, Strokes

LAYERS = ("points", "arm", "grasps", "plan", "frames")

_GRID_M = 2.0
_GRID_CELL_M = 0.1
_GRID_COLOUR = (90, 90, 96)
_GRID_SECTION_COLOUR = (120, 120, 128)
_POINT_SIZE_M = 0.0025
_AXES_LENGTH_M = 0.06
_AXES_RADIUS_M = 0.002
_LABEL_SCALE = 0.9
_STILL_M = 1e-4  # bodies that move by less are not sent: a browser then draws nothing anew
_CAMERA_POSITION_M = (1.5, 0.85, 0.95)
_CAMERA_TARGET_M = (0.3, -0.08, 0.24)
_FIELD_OF_VIEW_RAD = 0.75


class View:
    """Shows shapes in the robot's base frame; each method replaces what it showed before."""

    def __init__(self, server: viser.ViserServer) -> None:
        """Put up the table's grid and a layer for each of `LAYERS`."""
        self._server = server
        self._scene = server.scene
        server.initial_camera.position = _CAMERA_POSITION_M
        server.initial_camera.look_at = _CAMERA_TARGET_M
        server.initial_camera.fov = _FIELD_OF_VIEW_RAD
        self._scene.add_grid(
            "/table",
            _GRID_M,
            _GRID_M,
            cell_size=_GRID_CELL_M,
            cell_color=_GRID_COLOUR,
            section_color=_GRID_SECTION_COLOUR,
        )
        self._layers = {
            layer: self._scene.add_frame(f"/{layer}", show_axes=False) for layer in LAYERS
        }
        self._bodies: list[viser.MeshHandle] = []
        self._T_base_body = np.empty((0, 4, 4))
        self._grasp_shapes: list[viser.SceneNodeHandle] = []

    def set_visible(self, layer: str, is_visible: bool) -> None:
        """Show or hide one of `LAYERS`."""
        self._layers[layer].visible = is_visible

    def show_cloud(self, cloud: ColouredCloud) -> None:
        """Show what the camera sees."""
        self._scene.add_point_cloud(
            "/points/cloud",
            cloud.points_m,
            cloud.colours_rgb,
            point_size=_POINT_SIZE_M,
            point_shape="square",
            point_shading="flat",
        )

    def put_robot(self, meshes: Sequence[BodyMesh]) -> None:
        """Bring the robot's bodies, once; they stay hidden until `move_robot`."""
        self._bodies = [
            self._scene.add_mesh_simple(
                f"/arm/{mesh.name}",
                mesh.vertices_m,
                mesh.triangles,
                color=mesh.colour,
                flat_shading=True,
                side="double",
                visible=False,
            )
            for mesh in meshes
        ]

    def move_robot(self, T_base_body: NDArray[np.float64]) -> None:
        """Put the bodies where they are, shape (B, 4, 4), metres."""
        is_first = len(self._T_base_body) != len(T_base_body)
        if not is_first and np.allclose(T_base_body, self._T_base_body, rtol=0, atol=_STILL_M):
            return
        self._T_base_body = T_base_body
        with self._server.atomic():
            for body, pose, wxyz in zip(self._bodies, T_base_body, _wxyz(T_base_body), strict=True):
                body.position, body.wxyz = pose[:3, 3], wxyz
                body.visible = True

    def show_frames(self, T_base_frames: Mapping[str, NDArray[np.float64]]) -> None:
        """Show coordinate frames as axes with their names."""
        poses = np.array([*T_base_frames.values()]).reshape(-1, 4, 4)
        with self._server.atomic():
            self._scene.add_batched_axes(
                "/frames/axes",
                _wxyz(poses),
                poses[:, :3, 3],
                axes_length=_AXES_LENGTH_M,
                axes_radius=_AXES_RADIUS_M,
            )

    def show_grasps(self, grippers: Sequence[Strokes], labels: Sequence[Label]) -> None:
        """Show the candidates' grippers and the reasons of those that were rejected."""
        with self._server.atomic():
            for shape in self._grasp_shapes:
                shape.remove()
            self._grasp_shapes = [
                *(self._stroke(f"/grasps/{i}", each) for i, each in enumerate(grippers)),
                *(
                    self._scene.add_label(
                        f"/grasps/label_{i}",
                        each.text,
                        position=each.position_m,
                        font_screen_scale=_LABEL_SCALE,
                        anchor="bottom-center",
                    )
                    for i, each in enumerate(labels)
                ),
            ]

    def show_plan(self, way: Strokes) -> None:
        """Show where the point between the fingertips will go."""
        self._stroke("/plan/way", way)

    def _stroke(self, name: str, strokes: Strokes) -> viser.LineSegmentsHandle:
        return self._scene.add_line_segments(
            name,
            strokes.segments_m.astype(np.float32),
            strokes.colour,
            thickness=strokes.thickness_m,
        )


def _wxyz(poses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the unit quaternions (N, 4), w first, of poses (N, 4, 4)."""
    if not len(poses):
        return np.empty((0, 4))
    xyzw: NDArray[np.float64] = Rotation.from_matrix(poses[:, :3, :3]).as_quat()
    return np.roll(xyzw, 1, axis=1)
