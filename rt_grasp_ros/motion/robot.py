"""The arm's description: its YAML profile, and the rigid-body model made of its URDF."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pinocchio as pin
from numpy.typing import NDArray

from ..grasp.errors import ProfileInvalid
from ..resources import PACKAGE, share_path
from . import profile
from .trajectory import Trajectory
from .urdf import Mimic, Urdf, UrdfJoint, for_the_model, read_urdf


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
    def urdf_of_model(self) -> str:
        """The URDF in the words that `model` is made of; link and joint names are the same."""
        return for_the_model(self.urdf_text)

    @cached_property
    def description(self) -> Urdf:
        """What the URDF says of joints and links."""
        return read_urdf(self.urdf_text)

    @cached_property
    def links_beyond_tip(self) -> tuple[str, ...]:
        """The tip's link and all that it carries: the gripper."""
        return self.description.links_from(self.tip_frame)

    @cached_property
    def moving_links(self) -> tuple[str, ...]:
        """All links that the arm's joints move, the gripper's included."""
        chain = self.description.joints_above(self.tip_frame)
        first = next(joint for joint in chain if joint.name in self.arm_joints)
        return self.description.links_from(first.child)

    @cached_property
    def links_without_shape(self) -> tuple[str, ...]:
        """The moving links that are more than a frame, and have nothing to collide with."""
        return tuple(
            name
            for name in self.moving_links
            if self.description.links[name].has_body
            and not self.description.links[name].has_collision
        )

    @cached_property
    def model(self) -> pin.Model:
        """The whole robot, fingers included; one number for each joint."""
        return pin.buildModelFromXML(self.urdf_of_model)

    @cached_property
    def arm_columns(self) -> NDArray[np.intp]:
        """Where the arm's joints are in a configuration of `model`, shape (J,)."""
        return self.columns(self.arm_joints)

    @cached_property
    def is_continuous(self) -> NDArray[np.bool_]:
        """Which arm joints turn without end: positions 2 pi apart are one, shape (J,)."""
        joints = self.description.joints
        return np.array([joints[name].kind == "continuous" for name in self.arm_joints])

    @cached_property
    def lower_rad(self) -> NDArray[np.float64]:
        """Lowest position of each arm joint, shape (J,); -inf where it is continuous."""
        limits = self.model.lowerPositionLimit[self.arm_columns]
        return np.where(self.is_continuous, -np.inf, limits)

    @cached_property
    def upper_rad(self) -> NDArray[np.float64]:
        """Highest position of each arm joint, shape (J,); inf where it is continuous."""
        limits = self.model.upperPositionLimit[self.arm_columns]
        return np.where(self.is_continuous, np.inf, limits)

    def difference_rad(
        self, positions_rad: NDArray[np.float64], from_rad: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return how far positions are from others, the short way round, shape (..., J).

        Args:
            positions_rad: of the arm's joints, shape (..., J).
            from_rad: the same, shape (..., J).
        """
        apart = positions_rad - from_rad
        return apart - 2.0 * np.pi * self._turns(apart)

    def _turns(self, apart_rad: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how many whole turns are in a distance; 0 where a joint has limits."""
        return np.where(self.is_continuous, np.round(apart_rad / (2.0 * np.pi)), 0.0)

    def nearest_rad(
        self, positions_rad: NDArray[np.float64], to_rad: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the same arm positions, continuous joints at most half a turn from others."""
        return to_rad + self.difference_rad(positions_rad, to_rad)

    def from_where_it_is(
        self, trajectory: Trajectory, positions_rad: NDArray[np.float64]
    ) -> Trajectory:
        """Return the same motion, counted in the turns in which the arm reports its joints.

        A driver may report 3.2 rad as -3.1: a controller that takes numbers as they are would
        go a full turn to where it stands.

        Args:
            trajectory: of the arm's joints, in the order of `arm_joints`.
            positions_rad: as measured, shape (J,).
        """
        turns = self._turns(trajectory.start - positions_rad)
        return replace(trajectory, positions=trajectory.positions - 2.0 * np.pi * turns)

    def configuration(
        self, joints: tuple[str, ...], positions: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return a configuration of `model` with some joints, and those that mimic them, set.

        Args:
            joints: their names.
            positions: shape (len(joints),), rad or m; all other joints are at neutral.
        """
        configuration: NDArray[np.float64] = pin.neutral(self.model)
        configuration[self.columns(joints)] = positions
        self._follow(configuration, joints)
        return configuration

    def put_arm(
        self, configuration: NDArray[np.float64], positions_rad: NDArray[np.float64]
    ) -> None:
        """Set the arm's joints, and what mimics them, in a configuration; changes it in place."""
        configuration[self.arm_columns] = positions_rad
        for column, source, mimic in self._followers_of_arm:
            configuration[column] = mimic.multiplier * configuration[source] + mimic.offset

    def columns(self, joints: tuple[str, ...]) -> NDArray[np.intp]:
        """Return where joints are in a configuration of `model`, shape (len(joints),)."""
        return np.array(
            [self.model.joints[self.model.getJointId(name)].idx_q for name in joints], dtype=np.intp
        )

    @cached_property
    def _followers(self) -> dict[str, Mimic]:
        """The joints that follow another, by name."""
        every = {name: self.description.followed(name) for name in self.description.joints}
        return {name: mimic for name, mimic in every.items() if mimic is not None}

    @cached_property
    def _followers_of_arm(self) -> list[tuple[int, int, Mimic]]:
        return [
            (int(self.columns((name,))[0]), int(self.columns((mimic.joint,))[0]), mimic)
            for name, mimic in self._followers.items()
            if mimic.joint in self.arm_joints
        ]

    def _follow(self, configuration: NDArray[np.float64], joints: tuple[str, ...]) -> None:
        """Set what mimics joints in a configuration."""
        for name, mimic in self._followers.items():
            if mimic.joint in joints and name not in joints:
                source = configuration[self.columns((mimic.joint,))]
                configuration[self.columns((name,))] = mimic.multiplier * source + mimic.offset


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
    _check_description(robot, path)
    _check_home(robot, path)
    return robot


def _check_description(robot: RobotProfile, path: Path) -> None:
    """Refuse a profile that names what its URDF lacks, or joints that can't be planned for."""

    def refuse(problem: str) -> ProfileInvalid:
        return ProfileInvalid(f"{problem} Mend {path.name}, or {robot.urdf.name}.")

    try:
        urdf = robot.description
        for name in urdf.joints:
            urdf.followed(name)
    except ValueError as error:
        raise refuse(f"{robot.urdf.name} can't be read: {error}.") from error
    for joint in urdf.joints.values():
        if joint.kind in ("revolute", "prismatic") and joint.lower is None:
            raise refuse(f"The joint '{joint.name}' is {joint.kind} and has no limits.")
    for name in robot.arm_joints:
        if name not in urdf.joints:
            raise refuse(f"{robot.urdf.name} has no joint '{name}'.")
        problem = _problem_of(urdf.joints[name])
        if problem:
            raise refuse(f"The joint '{name}' {problem}.")
    for frame in (robot.base_frame, robot.tip_frame):
        if frame not in urdf.links:
            raise refuse(f"{robot.urdf.name} has no frame '{frame}'.")
    moving = [joint.name for joint in urdf.joints_above(robot.base_frame) if joint.kind != "fixed"]
    if moving:
        raise refuse(
            f"The joint '{moving[0]}' moves base_frame; name a frame that nothing moves, or make "
            "that joint fixed where it stands."
        )
    chain = [joint.name for joint in urdf.joints_above(robot.tip_frame) if joint.kind != "fixed"]
    for name in robot.arm_joints:
        if name not in chain:
            raise refuse(f"The joint '{name}' does not move tip_frame; take it from arm_joints.")
    for name in chain:
        if name not in robot.arm_joints:
            raise refuse(
                f"The joint '{name}' moves tip_frame and is not in arm_joints; name it there, or "
                "make it fixed where it stands."
            )


def _problem_of(joint: UrdfJoint) -> str | None:
    """Return why an arm joint can't be planned for, or None."""
    if joint.mimic is not None:
        return f"follows '{joint.mimic.joint}' in the URDF, and can't be commanded"
    if not joint.turns:
        return f"is {joint.kind or 'of no type'}: arm joints must be revolute or continuous"
    if joint.lower is None or joint.upper is None:  # continuous
        return None
    if joint.lower >= joint.upper:
        return f"has limits from {joint.lower:g} to {joint.upper:g} rad in the URDF, no way between"
    return None


def _check_home(robot: RobotProfile, path: Path) -> None:
    """Refuse a model that can't be made, or a home outside of the limits."""
    try:
        is_outside = (robot.home_rad < robot.lower_rad) | (robot.home_rad > robot.upper_rad)
    except (RuntimeError, ValueError) as error:  # pinocchio says what it does not like
        why = " ".join(str(error).split())
        raise ProfileInvalid(f"{robot.urdf.name} can't be read: {why}; mend it.") from error
    if is_outside.any():
        name = robot.arm_joints[int(np.flatnonzero(is_outside)[0])]
        raise ProfileInvalid(
            f"home_rad in {path.name} is outside of the joint limits of '{name}'; mend it."
        )
