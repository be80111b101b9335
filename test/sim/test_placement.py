import numpy as np
import pytest

from rt_grasp_ros.sim.instance import Instance
from rt_grasp_ros.sim.placed_object import PlacedObject
from rt_grasp_ros.sim.placement import NoRoom, place
from rt_grasp_ros.sim.scene import random_scene
from rt_grasp_ros.sim.surroundings import random_camera


def finger_centres(placed: PlacedObject) -> np.ndarray:
    """Where the fingers come down, for each part, shape (2 * parts, 2)."""
    centres = []
    for grasp in placed.grasps:
        aside = (grasp.width_m / 2 + 0.014) * grasp.closing
        centres += [grasp.tip_m - aside, grasp.tip_m + aside]
    return placed.to_world(np.stack(centres))[:, :2]


@pytest.mark.parametrize("seed", range(12))
def test_there_is_room_for_the_fingers_beside_every_part(seed):
    objects = random_scene(seed, count=5).objects
    clouds = [one.to_world(one.shape.top_points(0.004))[:, :2] for one in objects]
    for index, placed in enumerate(objects):
        others = np.concatenate([cloud for i, cloud in enumerate(clouds) if i != index])
        gaps = np.linalg.norm(finger_centres(placed)[:, None] - others[None], axis=-1)
        assert gaps.min() > 0.012
        own = clouds[index]
        assert np.linalg.norm(own[:, None] - others[None], axis=-1).min() > 0.008


@pytest.mark.parametrize("seed", range(12))
def test_every_camera_sees_all_of_every_object(seed):
    rng = np.random.default_rng(seed)
    for placed in random_scene(seed, count=5).objects:
        points = placed.to_world(placed.shape.top_points())
        for _ in range(20):
            camera = random_camera(rng)
            seen = (points - camera.position_m) @ camera.R_world_camera
            slope = np.abs(seen[:, :2] / seen[:, 2:])
            limit = np.tan(camera.fovy_rad / 2)
            assert slope[:, 1].max() < limit
            assert slope[:, 0].max() < limit * 4 / 3


def test_the_grasp_of_a_lonely_symmetric_object_closes_along_the_picture():
    (apple,) = random_scene(0, ("apple",)).objects
    assert apple.yaw_rad == 0.0
    assert np.abs(apple.grasps[0].closing) == pytest.approx([0.0, 1.0, 0.0], abs=1e-9)


def test_what_does_not_fit_is_refused_by_name():
    crowd = [Instance("box", seed) for seed in range(30)]
    with pytest.raises(NoRoom, match="box"):
        place(np.random.default_rng(0), crowd)
