"""The simulated cell in motion: a scene, the Panda, its two controllers and the camera."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from ..closing import Closing
from ..grasp.camera import Intrinsics
from .cameras.depth_noise import in_metres, mismeasured, with_colour_noise
from .controller import JointTrajectoryController
from .labels import PartLabel, part_labels
from .panda import (
    ARM_JOINTS,
    COMMANDED_FINGER_JOINTS,
    FINGER_JOINTS,
    FINGERS_ACTUATOR,
    HAND_BODY,
    HOME_POSITION_RAD,
    OPEN_POSITION_M,
    OVERVIEW_CAMERA,
    body_pose,
    put_at_home,
)
from .render import Camera
from .scene import Scene
from .scene_model import build_model

_ERROR_STREAM = 4  # of the scene's seed


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What the cell's camera saw at one moment.

    Attributes:
        rgb: uint8, shape (H, W, 3).
        depth_m: distance along the optical axis, registered to the colour; float32, shape (H, W),
            NaN where nothing was measured.
        depth_mm: the same as a driver publishes it, uint16, shape (H, W), 0 where nothing was
            measured; 65535 where the light came back too strong.
        intrinsics: of both images.
        T_base_camera: maps the colour optical frame to the robot's base, shape (4, 4), metres.
        stamp_s: simulated time.
    """

    rgb: NDArray[np.uint8]
    depth_m: NDArray[np.float32]
    depth_mm: NDArray[np.uint16]
    intrinsics: Intrinsics
    T_base_camera: NDArray[np.float64]
    stamp_s: float


def observe(camera: Camera, data: mujoco.MjData, scene: Scene, picture_number: int) -> Observation:
    """Take a colour and a depth image of a state, with the errors of the scene's camera.

    Args:
        camera: draws it.
        data: the state.
        scene: says which camera it is, and seeds its errors.
        picture_number: of the scene, not negative; each picture has errors of its own.
    """
    rgb, depth_m = camera.rgb(data), camera.depth_m(data)
    sensor = scene.camera_profile.depth
    if sensor is None:
        depth_mm = np.round(np.nan_to_num(depth_m) * 1000).astype(np.uint16)
    else:
        rng = np.random.default_rng((scene.seed, _ERROR_STREAM, picture_number))
        shininess = camera.shininess(data)
        depth_mm = mismeasured(depth_m, rgb, shininess, camera.intrinsics, sensor, rng)
        rgb = with_colour_noise(rgb, rng)
        depth_m = in_metres(depth_mm)
    return Observation(
        rgb=rgb,
        depth_m=depth_m,
        depth_mm=depth_mm,
        intrinsics=camera.intrinsics,
        T_base_camera=camera.T_world_camera(data),
        stamp_s=float(data.time),
    )


class Cell(Closing):
    """A Panda on a table with objects, driven as ros2_control drives a real one.

    Not safe to share between threads: one thread steps, observes and commands. Another may look at
    it through a `LiveCamera` of its own.

    Attributes:
        scene: what stands on the table at the start.
        model: the physics model.
        data: its state; the truth, for the judge and for tests.
        arm_controller: takes trajectories of `ARM_JOINTS`, radians.
        hand_controller: takes trajectories of the first finger joint, metres; the second mimics it.
    """

    def __init__(
        self,
        scene: Scene,
        *,
        image_width_px: int | None = None,
        image_height_px: int | None = None,
    ) -> None:
        """Build the scene with the arm at home; simulated time starts at zero.

        Args:
            scene: objects, lights and camera.
            image_width_px: of the camera's colour and depth images; the camera's own if left out.
            image_height_px: of the camera's colour and depth images, alike.
        """
        self.scene = scene
        self.model = build_model(scene, with_robot=True)
        self.data = mujoco.MjData(self.model)
        put_at_home(self.model, self.data)
        self.arm_controller = JointTrajectoryController(ARM_JOINTS, HOME_POSITION_RAD)
        self.hand_controller = JointTrajectoryController(COMMANDED_FINGER_JOINTS, [OPEN_POSITION_M])
        self._arm_actuators = np.array([self.model.actuator(name).id for name in ARM_JOINTS])
        self._fingers_actuator = self.model.actuator(FINGERS_ACTUATOR).id
        # A servo with damping d and stiffness k lags d/k behind: lead its target by as much.
        gain = self.model.actuator_gainprm[self._arm_actuators, 0]
        self._arm_lead_s = -self.model.actuator_biasprm[self._arm_actuators, 2] / gain
        joints = [self.model.joint(name) for name in (*ARM_JOINTS, *FINGER_JOINTS)]
        self._qpos_at = np.array([joint.qposadr[0] for joint in joints])
        self._qvel_at = np.array([joint.dofadr[0] for joint in joints])
        profile = scene.camera_profile
        self._camera = Camera(
            self.model, image_width_px or profile.width_px, image_height_px or profile.height_px
        )
        self._pictures = 0

    @property
    def time_s(self) -> float:
        """Simulated time since the start."""
        return float(self.data.time)

    @property
    def T_base_hand(self) -> NDArray[np.float64]:
        """Where `panda_hand` is now, shape (4, 4), metres."""
        return body_pose(self.data, HAND_BODY)

    def step(self, duration_s: float) -> None:
        """Let simulated time pass, in physics steps of 2 ms, at least one."""
        for _ in range(max(1, round(duration_s / self.model.opt.timestep))):
            positions, velocities = self.arm_controller.sample(self.time_s)
            self.data.ctrl[self._arm_actuators] = positions + self._arm_lead_s * velocities
            finger, _ = self.hand_controller.sample(self.time_s)
            self.data.ctrl[self._fingers_actuator] = finger[0]
            mujoco.mj_step(self.model, self.data)

    def joint_state(self) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
        """Return names, positions and velocities of arm and fingers (rad, m, and per second)."""
        names = (*ARM_JOINTS, *FINGER_JOINTS)
        return names, self.data.qpos[self._qpos_at], self.data.qvel[self._qvel_at]

    def observe(self) -> Observation:
        """Take a colour and a depth image now."""
        self._pictures += 1
        return observe(self._camera, self.data, self.scene, self._pictures)

    def labels(self) -> list[PartLabel]:
        """Return the truth about every part as it is now; for oracles and judges alone."""
        return part_labels(self.scene, self.model, self.data, self._camera)

    def part_ids(self) -> NDArray[np.uint8]:
        """Return which part each pixel shows now, see `Camera.part_ids`; not for what is judged."""
        return self._camera.part_ids(self.data)

    def snapshot(self, width_px: int = 960, height_px: int = 720) -> NDArray[np.uint8]:
        """Return a picture of the whole cell for people, RGB, shape (height_px, width_px, 3)."""
        with Camera(self.model, width_px, height_px, OVERVIEW_CAMERA) as camera:
            return camera.rgb(self.data)

    def close(self) -> None:
        """Give the rendering context back."""
        self._camera.close()
