"""An arm of seven joints and two fingers whose description can be made strange in many ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from rt_grasp_ros.resources import share_path

ARM_JOINTS = tuple(f"joint_{number}" for number in range(1, 8))
FINGER_JOINTS = ("left_finger_joint", "right_finger_joint")
ARM_LINKS = tuple(f"link_{number}" for number in range(8))
_LENGTHS_M = (0.156, 0.128, 0.21, 0.21, 0.208, 0.106, 0.106)
_BENDING_RAD = {2: 2.24, 4: 2.57, 6: 2.09}
_BOX = '<box size="0.08 0.08 0.08"/>'
_LINKS = (*ARM_LINKS, "hand", "left_finger", "right_finger")

REVOLUTE = '<limit lower="-6.28" upper="6.28" effort="39" velocity="1.39"/>'
CONTINUOUS = '<limit effort="39" velocity="1.39"/>'
HOME_RAD = (0.0, 0.3, 0.0, 1.2, 0.0, 1.4, 0.0)


@dataclass(frozen=True)
class MadeArm:
    """What is strange about it.

    Attributes:
        kind: of joints 1, 3, 5 and 7, those that turn about the arm's length.
        limit: the element of these joints.
        shapes: by link: its collision geometry, empty for none; others are boxes.
        finger_axes: of the two fingers, such as `0 1 0`.
        finger_limits: lower and upper of each finger, metres.
        in_hand: what is written into the second finger's joint, such as a mimic element.
        more: further elements of the robot.
    """

    kind: str = "revolute"
    limit: str = REVOLUTE
    shapes: Mapping[str, str] | None = None
    finger_axes: tuple[str, str] = ("0 1 0", "0 -1 0")
    finger_limits: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.04), (0.0, 0.04))
    in_hand: str = ""
    more: str = ""

    def urdf(self) -> str:
        """Return its description."""
        links = "".join(self._link(name) for name in _LINKS)
        joints = "".join(self._arm_joint(number) for number in range(1, 8))
        hand = (
            '<joint name="hand_joint" type="fixed"><parent link="link_7"/><child link="hand"/>'
            '<origin xyz="0 0 0.08"/></joint>'
        )
        fingers = "".join(self._finger_joint(index) for index in range(2))
        return f'<robot name="made">{links}{joints}{hand}{fingers}{self.more}</robot>'

    def _link(self, name: str) -> str:
        small = '<box size="0.02 0.01 0.05"/>' if "finger" in name else _BOX
        shape = (self.shapes or {}).get(name, small)
        collision = f"<collision><geometry>{shape}</geometry></collision>" if shape else ""
        inertial = (
            '<inertial><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" '
            'iyz="0"/></inertial>'
        )
        return f'<link name="{name}">{inertial}{collision}</link>'

    def _arm_joint(self, number: int) -> str:
        axis, kind, limit = "0 0 1", self.kind, self.limit
        if number in _BENDING_RAD:
            bend_rad = _BENDING_RAD[number]
            axis, kind = "0 1 0", "revolute"
            limit = f'<limit lower="-{bend_rad}" upper="{bend_rad}" effort="39" velocity="1.39"/>'
        return (
            f'<joint name="joint_{number}" type="{kind}"><parent link="link_{number - 1}"/>'
            f'<child link="link_{number}"/><origin xyz="0 0 {_LENGTHS_M[number - 1]}"/>'
            f'<axis xyz="{axis}"/>{limit}</joint>'
        )

    def _finger_joint(self, index: int) -> str:
        lower, upper = self.finger_limits[index]
        side = ("left", "right")[index]
        return (
            f'<joint name="{side}_finger_joint" type="prismatic"><parent link="hand"/>'
            f'<child link="{side}_finger"/><origin xyz="0 0 0.06"/>'
            f'<axis xyz="{self.finger_axes[index]}"/>'
            f'<limit lower="{lower}" upper="{upper}" effort="20" velocity="0.1"/>'
            f"{self.in_hand if index else ''}</joint>"
        )

    def write(
        self,
        folder: Path,
        home_rad: Sequence[float] = HOME_RAD,
        arm_joints: Sequence[str] = ARM_JOINTS,
        urdf: str | None = None,
    ) -> Path:
        """Write URDF, SRDF and profile; return the profile's path.

        Args:
            folder: where to.
            home_rad: of `arm_joints`.
            arm_joints: as the profile names them.
            urdf: in place of its own.
        """
        (folder / "made.urdf").write_text(urdf or self.urdf(), encoding="utf-8")
        near = [
            f'<disable_collisions link1="{link}" link2="{other}" reason="Adjacent"/>'
            for index, link in enumerate(_LINKS)
            for other in _LINKS[index + 1 : index + 4]
        ]
        srdf = f'<robot name="made">{"".join(near)}</robot>'
        (folder / "made.srdf").write_text(srdf, encoding="utf-8")
        profile = folder / "made.yaml"
        fields = {
            "name": "made",
            "urdf": "made.urdf",
            "srdf": "made.srdf",
            "base_frame": "link_0",
            "tip_frame": "hand",
            "planning_group": "manipulator",
            "arm_joints": list(arm_joints),
            "home_rad": list(home_rad),
            "max_velocity_rad_s": [1.39] * len(arm_joints),
            "max_acceleration_rad_s2": [5.2] * len(arm_joints),
        }
        profile.write_text(yaml.safe_dump(fields), encoding="utf-8")
        return profile


def write_hand(folder: Path, **changes: object) -> Path:
    """Write a profile of the two fingers and return its path.

    Args:
        folder: where to.
        changes: fields in place of those that fit.
    """
    fields = yaml.safe_load(share_path("config/grippers/template.yaml").read_text("utf-8"))
    fields |= {
        "joints": list(FINGER_JOINTS),
        "commanded_joints": list(FINGER_JOINTS),
        "command_type": "joint_trajectory",
        "command_name": "gripper_controller/joint_trajectory",
    }
    path = folder / "hand.yaml"
    left = {name: value for name, value in (fields | changes).items() if value is not None}
    path.write_text(yaml.safe_dump(left), encoding="utf-8")
    return path
