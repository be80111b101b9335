"""The robot in its own picture: fingers above the table, and a camera on the wrist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial

import mujoco
import numpy as np
from numpy.typing import NDArray

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.candidates import ranked_grasps
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.grasp.errors import RtGraspError
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.grasp import Grasp, Gripper
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.motion.cloud import RobotFilter
from rt_grasp_ros.motion.collision import RobotShape
from rt_grasp_ros.motion.gripper import load_gripper
from rt_grasp_ros.motion.kinematics import Kinematics
from rt_grasp_ros.motion.own_pixels import without_robot
from rt_grasp_ros.motion.robot import RobotProfile, load_robot
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.labels import part_labels
from rt_grasp_ros.sim.panda import ARM_JOINTS, put_at_home
from rt_grasp_ros.sim.render import Camera
from rt_grasp_ros.sim.scene import Scene, random_scene
from rt_grasp_ros.sim.scene_model import build_model
from rt_grasp_ros.sim.surroundings import CameraPose

_ITEM = "own_robot"
_SIZE_PX = 640, 480
_OPEN_M = 0.08
_TOLD_APART_M = 0.002
_FOUND_SHARE = 0.98
_WRONG_SHARE = 0.002
_WRIST_FOVY_RAD = 1.2
_ABOVE_RAD = np.array([0.0, -0.2, 0.0, -2.3, 0.0, 2.1, 0.785])
_BESIDE_RAD = np.array([0.35, 0.0, 0.0, -2.2, 0.0, 2.2, 0.785])
_QUICK_SCENES, _SCENES = 4, 30


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """Where the arm is, and the camera.

    Attributes:
        positions_rad: of the arm's joints, shape (7,); the fingers are open.
        placed: puts the camera of a scene elsewhere.
    """

    positions_rad: NDArray[np.float64]
    placed: Callable[[Scene], Scene]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One table, seen with the robot and as it were without it.

    Attributes:
        robot: the picture with the robot in it.
        bare: the same without.
        T_base_camera: shape (4, 4), metres.
        positions_rad: the arm's joints, shape (7,).
        rectangles: the grasps that are right.
    """

    robot: RgbdFrame
    bare: RgbdFrame
    T_base_camera: NDArray[np.float64]
    positions_rad: NDArray[np.float64]
    rectangles: list[GraspRectangle]

    @property
    def shows_robot(self) -> NDArray[np.bool_]:
        """Which pixels show the robot, shape (H, W)."""
        apart_m = np.nan_to_num(self.bare.depth_m, nan=9.0) - np.nan_to_num(
            self.robot.depth_m, nan=9.0
        )
        return np.asarray(apart_m > _TOLD_APART_M)


def cases() -> list[Case]:
    """Return the cases of this kind."""
    setups = {
        "the arm over the table, in the cell's picture": Setup(_BESIDE_RAD, lambda scene: scene),
        "a camera on the wrist": Setup(_ABOVE_RAD, _on_wrist),
    }
    grasped = [
        Case(
            _ITEM,
            f"{name}, {count} tables",
            "review",
            "grasped as without the robot, where it hides nothing",
            partial(_grasped, setup, count),
            is_quick=count == _QUICK_SCENES,
        )
        for name, setup in setups.items()
        for count in (_QUICK_SCENES, _SCENES)
    ]
    right = "rejected, ROBOT_AT_GRASP"
    finger = partial(_finger, setups["a camera on the wrist"])
    return [*grasped, Case(_ITEM, "the model means a finger", "review", right, finger)]


def _on_wrist(scene: Scene) -> Scene:
    """Put the camera 7 cm beside the hand, tilted towards the fingertips."""
    T_base_hand = Kinematics(_robot()).tip_pose(_ABOVE_RAD)
    x_m, y_m, z_m = (T_base_hand @ [0.07, 0.0, 0.0, 1.0])[:3]
    target_m = (T_base_hand @ [0.0, 0.0, 0.2, 1.0])[:3]
    pose = CameraPose(
        (float(x_m), float(y_m), float(z_m)),
        (float(target_m[0]), float(target_m[1]), float(target_m[2])),
        _WRIST_FOVY_RAD,
    )
    return replace(scene, camera=pose)


@cache
def _robot() -> RobotProfile:
    return load_robot(share_path("config/robots/panda.yaml"))


@cache
def _filter() -> RobotFilter:
    gripper = load_gripper(share_path("config/grippers/panda_hand.yaml"))
    return RobotFilter(RobotShape(_robot()), gripper)


def _pair(seed: int, setup: Setup) -> Pair:
    scene = setup.placed(random_scene(seed))
    frames, rectangles, T_base_camera = [], [], np.eye(4)
    for with_robot in (True, False):
        model = build_model(scene, with_robot=with_robot)
        data = mujoco.MjData(model)
        if with_robot:
            put_at_home(model, data)
            for name, position_rad in zip(ARM_JOINTS, setup.positions_rad, strict=True):
                data.joint(name).qpos = position_rad
        mujoco.mj_forward(model, data)
        with Camera(model, *_SIZE_PX) as camera:
            T_base_camera = camera.T_world_camera(data)
            frames.append(
                RgbdFrame(camera.rgb(data), camera.depth_m(data), camera.intrinsics, "camera", 0)
            )
            rectangles = [one.rectangle for one in part_labels(scene, model, data, camera)]
    return Pair(*frames, T_base_camera, setup.positions_rad, rectangles)


def _left_out(pair: Pair) -> RgbdFrame:
    return without_robot(pair.robot, pair.T_base_camera, _filter(), pair.positions_rad, _OPEN_M)


def _grasps(frame: RgbdFrame, rectangles: list[GraspRectangle]) -> list[Grasp]:
    """Return the grasps as the rectangles stand; none where the picture can't be used."""
    try:
        support = find_support(frame.depth_m, frame.intrinsics)
    except RtGraspError:
        return []
    ranked = ranked_grasps(
        rectangles,
        [1.0] * len(rectangles),
        frame.depth_m,
        frame.intrinsics,
        Gripper(),
        support,
        is_robot=frame.is_robot,
    )
    return [grasp for _, grasp in sorted(ranked, key=lambda entry: entry[0])]


def _executable(grasps: list[Grasp]) -> set[int]:
    return {index for index, grasp in enumerate(grasps) if grasp.is_executable}


def _pairs(setup: Setup, count: int) -> Iterator[Pair]:
    return (_pair(seed, setup) for seed in range(40_000, 40_000 + count))


def _grasped(setup: Setup, scenes: int) -> str:
    """Compare with the same tables without a robot."""
    could, before, after, robot_px, found_px, wrong_px, all_px = 0, 0, 0, 0, 0, 0, 0
    for pair in _pairs(setup, scenes):
        shows_robot, seen = pair.shows_robot, _left_out(pair)
        open_ones = [one for one in pair.rectangles if not _is_covered(one, shows_robot)]
        bare = _executable(_grasps(pair.bare, open_ones))
        could += len(bare)
        before += len(bare & _executable(_grasps(pair.robot, open_ones)))
        after += len(bare & _executable(_grasps(seen, open_ones)))
        assert seen.is_robot is not None
        robot_px += int(shows_robot.sum())
        found_px += int((shows_robot & seen.is_robot).sum())
        wrong_px += int((~shows_robot & seen.is_robot).sum())
        all_px += shows_robot.size
    text = (
        f"{after} of {could} executable ({before} with the robot's pixels as objects); "
        f"{robot_px / all_px:.1%} of the pixels show the robot, "
        f"{found_px / max(robot_px, 1):.1%} of them found, {wrong_px / all_px:.2%} wrong"
    )
    if could == 0 or after < could or found_px < _FOUND_SHARE * robot_px:
        raise CaseFailed(text)
    return text


def _is_covered(rectangle: GraspRectangle, shows_robot: NDArray[np.bool_]) -> bool:
    """Whether the robot hides some of what is inside a rectangle."""
    low = np.maximum(np.floor(rectangle.corners().min(axis=0)).astype(int), 0)
    high = np.ceil(rectangle.corners().max(axis=0)).astype(int)
    return bool(shows_robot[low[1] : high[1] + 1, low[0] : high[0] + 1].any())


def _finger(setup: Setup) -> str:
    pair = _pair(40_000, setup)
    rows, columns = np.nonzero(pair.shows_robot)
    middle = len(rows) // 2
    finger = replace(
        pair.rectangles[0], x_px=float(columns[middle]) + 0.5, y_px=float(rows[middle]) + 0.5
    )
    (grasp,) = _grasps(_left_out(pair), [finger])
    if grasp.rejected_code is not ErrorCode.ROBOT_AT_GRASP:
        raise CaseFailed(grasp.rejected_code.name)
    return grasp.rejected_code.name
