"""Scenes that show every object once, built and drawn once for all the tests."""

from dataclasses import dataclass
from functools import cache

import mujoco
import numpy as np

from rt_grasp_ros.sim.labels import PartLabel, part_labels
from rt_grasp_ros.sim.objects import OBJECT_NAMES
from rt_grasp_ros.sim.render import Camera
from rt_grasp_ros.sim.scene import Scene, random_scene
from rt_grasp_ros.sim.scene_model import build_model

GROUPS = tuple(OBJECT_NAMES[first : first + 4] for first in range(0, len(OBJECT_NAMES), 4))


@dataclass(frozen=True)
class Shot:
    scene: Scene
    model: mujoco.MjModel
    rgb: np.ndarray
    depth_m: np.ndarray
    part_ids: np.ndarray
    labels: list[PartLabel]
    intrinsics: object
    T_world_camera: np.ndarray


@cache
def shot(seed: int, names: tuple[str, ...]) -> Shot:
    scene = random_scene(seed, names)
    model = build_model(scene, with_robot=False)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    with Camera(model, 512, 384) as camera:
        return Shot(
            scene,
            model,
            camera.rgb(data),
            camera.depth_m(data),
            camera.part_ids(data),
            part_labels(scene, model, data, camera),
            camera.intrinsics,
            camera.T_world_camera(data),
        )


def all_shots() -> list[Shot]:
    return [shot(seed, names) for seed, names in enumerate(GROUPS)]
