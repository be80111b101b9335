"""The robot as it looks: the meshes of its URDF, and where they are for given joint positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import coal
import numpy as np
import pinocchio as pin
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from ..motion.bodies import corners_m
from ..motion.robot import RobotProfile
from ..resources import ament_share_folders
from .shapes import Colour


@dataclass(frozen=True, slots=True, eq=False)
class BodyMesh:
    """One body of a link, in coordinates of its own.

    Attributes:
        name: unique within the robot.
        vertices_m: shape (V, 3).
        triangles: indices of vertices, shape (F, 3); which side is the outer one is not said.
        colour: as the URDF has it.
    """

    name: str
    vertices_m: NDArray[np.float64]
    triangles: NDArray[np.int64]
    colour: Colour


class RobotBody:
    """All bodies of a robot; where its URDF draws none, those it collides with."""

    def __init__(self, robot: RobotProfile) -> None:
        """Read the meshes.

        Args:
            robot: gives URDF, base frame and joints.
        """
        self._robot = robot
        self._data = robot.model.createData()
        self._geometry = _read(robot, pin.GeometryType.VISUAL)
        if not len(self._geometry.geometryObjects):
            self._geometry = _read(robot, pin.GeometryType.COLLISION)
        self._geometry_data = self._geometry.createData()
        self.meshes = tuple(_mesh(body) for body in self._geometry.geometryObjects)

    def poses(self, positions: Mapping[str, float]) -> NDArray[np.float64]:
        """Return `T_base_body` of every body in the order of `meshes`, shape (B, 4, 4), metres.

        Args:
            positions: of joints by name, rad or m; others are at neutral, unknown names ignored.
        """
        model = self._robot.model
        joints = tuple(name for name in positions if model.existJointName(name))
        configuration = self._robot.configuration(
            joints, np.array([positions[name] for name in joints])
        )
        pin.updateGeometryPlacements(
            model, self._data, self._geometry, self._geometry_data, configuration
        )
        T_root_base = model.frames[model.getFrameId(self._robot.base_frame)].placement
        T_base_root = T_root_base.inverse()
        return np.array(
            [(T_base_root * T_root_body).homogeneous for T_root_body in self._geometry_data.oMg]
        )


def _read(robot: RobotProfile, kind: pin.GeometryType) -> pin.GeometryModel:
    geometry = pin.GeometryModel()
    folders = [str(folder) for folder in ament_share_folders()]
    pin.buildGeomFromUrdfString(robot.model, robot.urdf_of_model, kind, geometry, folders)
    return geometry


def _mesh(body: pin.GeometryObject) -> BodyMesh:
    if not isinstance(body.geometry, coal.BVHModelBase):
        vertices_m = corners_m(body.geometry)
        triangles = ConvexHull(vertices_m).simplices
    else:
        vertices_m = np.array(body.geometry.vertices())
        count = body.geometry.num_tris
        corners = [body.geometry.tri_indices(index) for index in range(count)]
        triangles = np.array([[corner[0], corner[1], corner[2]] for corner in corners])
    red, green, blue = np.round(255 * np.asarray(body.meshColor)[:3]).astype(int).tolist()
    return BodyMesh(body.name, vertices_m, triangles.astype(np.int64), (red, green, blue))
