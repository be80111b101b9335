"""The robot's collision bodies, made of its URDF's meshes and primitives."""

from __future__ import annotations

import logging

import coal
import numpy as np
import pinocchio as pin
from numpy.typing import NDArray

from ..grasp.errors import ProfileInvalid
from ..resources import ament_share_folders
from .robot import RobotProfile

_SIDES = 16
"""A circle is told by as many corners, those of the polygon around it."""

_log = logging.getLogger(__name__)


def collision_bodies(robot: RobotProfile) -> pin.GeometryModel:
    """Return the links' bodies, all convex: primitives as they are, meshes as their hulls.

    What has no body is named in the log: nothing keeps it from meeting things.

    Raises:
        ProfileInvalid: a mesh is missing, a body has no volume, or no link of the arm has a body.
            The message names the link.
    """
    bodies = pin.GeometryModel()
    try:
        pin.buildGeomFromUrdfString(
            robot.model,
            robot.urdf_of_model,
            pin.GeometryType.COLLISION,
            bodies,
            [str(folder) for folder in ament_share_folders()],
        )
    except (RuntimeError, ValueError) as error:
        why = " ".join(str(error).split())
        named = [
            link.name
            for link in robot.description.links.values()
            if any(mesh in why for mesh in link.meshes)
        ]
        of = f"the link '{named[0]}' in " if named else ""
        raise ProfileInvalid(
            f"The collision geometry of {of}{robot.urdf.name} can't be read ({why}); mend its "
            "<collision>, or install the package that holds its meshes."
        ) from error
    for body in bodies.geometryObjects:
        _make_convex(robot, body)
    links = robot.description.links
    arm = [name for name in robot.moving_links if name not in robot.links_beyond_tip]
    if not any(links[name].has_collision for name in arm):
        missing = ", ".join(robot.links_without_shape or arm)
        raise ProfileInvalid(
            f"No link of the arm in {robot.urdf.name} has collision geometry ({missing}); without "
            "it no collision is seen. Give the links their <collision>."
        )
    if robot.links_without_shape:
        _log.warning(
            "No collision geometry in %s: %s. These links are planned without; give them their "
            "<collision>, or keep clear of them.",
            robot.urdf.name,
            ", ".join(robot.links_without_shape),
        )
    return bodies


def corners_m(geometry: coal.CollisionGeometry) -> NDArray[np.float64]:
    """Return the corners of a convex body in its own frame, shape (K, 3), metres.

    Those of a round body are the corners of a body with flat sides around it, at most 2 % larger
    across its axis, a sphere 9 %.
    """
    if isinstance(geometry, coal.Box):
        return _box(geometry.halfSide)
    angles = (np.arange(_SIDES) + 0.5) * 2.0 * np.pi / _SIDES
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1) / np.cos(np.pi / _SIDES)
    if isinstance(geometry, coal.Cylinder):
        return _drum(circle * geometry.radius, geometry.halfLength)
    if isinstance(geometry, coal.Capsule):
        return _drum(circle * geometry.radius, geometry.halfLength + geometry.radius)
    if isinstance(geometry, coal.Sphere):
        return _drum(circle * geometry.radius, geometry.radius)
    if isinstance(geometry, coal.Ellipsoid):
        return _box(geometry.radii)
    return np.array([geometry.point(index) for index in range(geometry.num_points)])


def _box(half_sizes_m: NDArray[np.float64]) -> NDArray[np.float64]:
    signs = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 3), axis=-1).reshape(-1, 3)
    return signs * half_sizes_m


def _drum(circle_m: NDArray[np.float64], half_length_m: float) -> NDArray[np.float64]:
    """Return a circle's corners at both ends of its axis, z."""
    ends_m = (-half_length_m, half_length_m)
    return np.vstack([np.column_stack([circle_m, np.full(_SIDES, end_m)]) for end_m in ends_m])


def _make_convex(robot: RobotProfile, body: pin.GeometryObject) -> None:
    """Turn a mesh into its hull; refuse a body that has no volume."""
    try:
        if isinstance(body.geometry, coal.BVHModelBase):
            body.geometry.buildConvexRepresentation(False)
            body.geometry = body.geometry.convex
        size_m = np.ptp(corners_m(body.geometry), axis=0)
    except (AttributeError, RuntimeError, ValueError) as error:
        raise _no_body(robot, body, str(error)) from error
    if not (size_m > 0.0).all() or not np.isfinite(size_m).all():
        raise _no_body(robot, body, "it is flat, or has a size of 0")


def _no_body(robot: RobotProfile, body: pin.GeometryObject, why: str) -> ProfileInvalid:
    link = robot.model.frames[body.parentFrame].name
    return ProfileInvalid(
        f"The collision geometry of the link '{link}' in {robot.urdf.name} is of no use "
        f"({' '.join(why.split())}); make it a box, cylinder, sphere, capsule or closed mesh."
    )
