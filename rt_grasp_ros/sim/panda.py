"""The Franka Emika Panda as a MuJoCo model: names, home, and how it joins a scene."""

from __future__ import annotations

from pathlib import Path

import mujoco
import numpy as np
from numpy.typing import NDArray

ARM_JOINTS = tuple(f"panda_joint{number}" for number in range(1, 8))
FINGER_JOINTS = ("panda_finger_joint1", "panda_finger_joint2")
COMMANDED_FINGER_JOINTS = FINGER_JOINTS[:1]
"""The second finger mimics the first, as ros2_control has it on the real hand."""

FINGER_BODIES = ("panda_leftfinger", "panda_rightfinger")
HAND_BODY = "panda_hand"
LINK_BODIES = (*(f"panda_link{number}" for number in range(1, 8)), HAND_BODY, *FINGER_BODIES)
FIXED_FRAMES = {
    "panda_link8": ("panda_link7", (0.0, 0.0, 0.107)),
    "panda_hand_tcp": (HAND_BODY, (0.0, 0.0, 0.1034)),
}
"""Links of the URDF that are no bodies here: by name, at which body they are, and where (m)."""

FINGERS_ACTUATOR = "panda_fingers"
OVERVIEW_CAMERA = "overview"

HOME_POSITION_RAD = (-np.pi / 2, -np.pi / 4, 0.0, -3 * np.pi / 4, 0.0, np.pi / 2, np.pi / 4)
"""The arm turned to its right, out of the sight of a camera above the table; radians."""

OPEN_POSITION_M = 0.04
"""Position of each finger joint with the hand wide open."""

_MODEL_PATH = Path(__file__).parent / "assets" / "panda" / "panda.xml"


def attach_panda(spec: mujoco.MjSpec) -> None:
    """Put the Panda at the world's origin, and the camera `overview`, which sees the whole cell.

    Its fingers hold by friction: the scene needs elliptic cones and a high `impratio`.

    Args:
        spec: the scene under construction, z = 0 being the table top; changed in place.
    """
    panda = mujoco.MjSpec.from_file(str(_MODEL_PATH))
    spec.attach(panda, frame=spec.worldbody.add_frame(), prefix="panda_")
    _add_overview_camera(spec)


def put_at_home(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Set the arm to `HOME_POSITION_RAD` at rest with the hand open, and the targets with it.

    Args:
        model: a model that `attach_panda` took part in.
        data: its state; changed in place, derived quantities included.
    """
    for name, position_rad in zip(ARM_JOINTS, HOME_POSITION_RAD, strict=True):
        data.joint(name).qpos = position_rad
        data.joint(name).qvel = 0.0
        data.actuator(name).ctrl = position_rad
    for name in FINGER_JOINTS:
        data.joint(name).qpos = OPEN_POSITION_M
        data.joint(name).qvel = 0.0
    data.actuator(FINGERS_ACTUATOR).ctrl = OPEN_POSITION_M
    mujoco.mj_forward(model, data)


def body_pose(data: mujoco.MjData, name: str) -> NDArray[np.float64]:
    """Return `T_world_body` of a body, shape (4, 4), metres."""
    pose = np.eye(4)
    pose[:3, :3] = data.body(name).xmat.reshape(3, 3)
    pose[:3, 3] = data.body(name).xpos
    return pose


def _add_overview_camera(spec: mujoco.MjSpec) -> None:
    """Look at the table and the arm from the front left, a little above the hand."""
    position_m = np.array([1.45, 0.95, 0.85])
    target_m = np.array([0.3, -0.08, 0.26])
    backward = position_m - target_m
    right = np.cross([0.0, 0.0, 1.0], backward)
    axes = [right, np.cross(backward, right), backward]
    rotation = np.column_stack([axis / np.linalg.norm(axis) for axis in axes])
    quaternion = np.empty(4)
    mujoco.mju_mat2Quat(quaternion, rotation.flatten())
    spec.worldbody.add_camera(name=OVERVIEW_CAMERA, pos=position_m, quat=quaternion, fovy=39)
