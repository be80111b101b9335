"""The arm's description: its YAML profile, and the rigid-body model made of its URDF."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pinocchio as pin
from numpy.typing import NDArray

from ..grasp.errors import ProfileInvalid
from ..resources import PACKAGE, share_path
from . import profile


@dataclass(frozen=True, eq=False)
class RobotProfile:
    """An arm as its YAML file says it; J joints.

    Attributes:
        name: how messages call it.
        urdf: its description.
        srdf: which of its links may touch.
        base_frame: the frame that poses and point clouds are given in.
        tip_frame: the frame that gripper profiles start from.
        planning_group: what MoveIt calls the arm.
        arm_joints: the J joints, in the order of every array of joint values.
        home_rad: where it waits, shape (J,).
        max_velocity_rad_s: shape (J,).
        max_acceleration_rad_s2: shape (J,).
    """

    name: str
    urdf: Path
    srdf: Path
    base_frame: str
    tip_frame: str
    planning_group: str
    arm_joints: tuple[str, ...]
    home_rad: NDArray[np.float64]
    max_velocity_rad_s: NDArray[np.float64]
    max_acceleration_rad_s2: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Check what needs no model.

        Raises:
            ValueError: names the field and what it must be.
        """
        for file in (self.urdf, self.srdf):
            if not file.is_file():
                raise ValueError(f"there is no file {file}")
        if (self.max_velocity_rad_s <= 0).any() or (self.max_acceleration_rad_s2 <= 0).any():
            raise ValueError("max_velocity_rad_s and max_acceleration_rad_s2 must be above 0")

    @cached_property
    def urdf_text(self) -> str:
        """The URDF with the package's own mesh paths made absolute."""
        text = self.urdf.read_text(encoding="utf-8")
        return text.replace(f"package://{PACKAGE}/", f"{share_path('config').parent}/")

    @cached_property
    def _urdf_joints(self) -> list[ElementTree.Element]:
        return ElementTree.fromstring(self.urdf_text).findall("joint")  # noqa: S314

    @cached_property
    def links_beyond_tip(self) -> tuple[str, ...]:
        """The tip's link and all that it carries: the gripper."""
        ways = [(joint.find("parent"), joint.find("child")) for joint in self._urdf_joints]
        pairs = [(a.get("link"), b.get("link")) for a, b in ways if a is not None and b is not None]
        links = [self.tip_frame]
        for link in links:  # grows while it is gone through
            links += [child for parent, child in pairs if parent == link and child is not None]
        return tuple(links)

    @cached_property
    def model(self) -> pin.Model:
        """The whole robot, fingers included."""
        return pin.buildModelFromXML(self.urdf_text)

    @cached_property
    def arm_columns(self) -> NDArray[np.intp]:
        """Where the arm's joints are in a configuration of `model`, shape (J,)."""
        return self.columns(self.arm_joints)

    @cached_property
    def lower_rad(self) -> NDArray[np.float64]:
        """Lowest position of each arm joint, shape (J,)."""
        return self.model.lowerPositionLimit[self.arm_columns]

    @cached_property
    def upper_rad(self) -> NDArray[np.float64]:
        """Highest position of each arm joint, shape (J,)."""
        return self.model.upperPositionLimit[self.arm_columns]

    def configuration(
        self, joints: tuple[str, ...], positions: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return a configuration of `model` with some joints, and those that mimic them, set.

        Args:
            joints: their names.
            positions: shape (len(joints),), rad or m; all other joints are at neutral.
        """
        configuration = pin.neutral(self.model)
        configuration[self.columns(joints)] = positions
        for joint in self._urdf_joints:
            mimic = joint.find("mimic")
            if mimic is not None and mimic.get("joint") in joints:
                followed = configuration[self.columns((mimic.get("joint", ""),))]
                multiplier, offset = (
                    float(mimic.get(name, default))
                    for name, default in (("multiplier", "1"), ("offset", "0"))
                )
                configuration[self.columns((joint.get("name", ""),))] = (
                    multiplier * followed + offset
                )
        return configuration

    def columns(self, joints: tuple[str, ...]) -> NDArray[np.intp]:
        """Return where joints are in a configuration of `model`, shape (len(joints),)."""
        return np.array([self.model.joints[self.model.getJointId(name)].idx_q for name in joints])


def load_robot(path: Path) -> RobotProfile:
    """Return the arm that a YAML file describes, its model built and checked.

    Raises:
        ProfileInvalid: the file is missing, incomplete, or does not fit its URDF.
    """
    fields = profile.read_mapping(path)
    try:
        fields["arm_joints"] = profile.names(fields["arm_joints"], "arm_joints")
        for name in ("home_rad", "max_velocity_rad_s", "max_acceleration_rad_s2"):
            fields[name] = profile.numbers(fields[name], (len(fields["arm_joints"]),), name)
        for name in ("urdf", "srdf"):
            fields[name] = path.parent / fields[name]
    except (KeyError, TypeError, ValueError) as error:
        raise profile.invalid(path, error) from error
    robot = profile.build(RobotProfile, fields, path)
    _check_against_model(robot, path)
    return robot


def _check_against_model(robot: RobotProfile, path: Path) -> None:
    """Refuse a profile that names what its URDF lacks, or a home outside of the limits."""
    for joint in robot.arm_joints:
        if not robot.model.existJointName(joint):
            raise ProfileInvalid(f"{robot.urdf.name} has no joint '{joint}'; mend {path.name}.")
    for frame in (robot.base_frame, robot.tip_frame):
        if not robot.model.existFrame(frame):
            raise ProfileInvalid(f"{robot.urdf.name} has no frame '{frame}'; mend {path.name}.")
    if (robot.home_rad < robot.lower_rad).any() or (robot.home_rad > robot.upper_rad).any():
        raise ProfileInvalid(f"home_rad in {path.name} is outside of the joint limits; mend it.")
