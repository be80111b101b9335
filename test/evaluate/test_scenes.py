import numpy as np
import pytest

from rt_grasp_ros.data.sim_data import FIRST_TRAINING_SEED
from rt_grasp_ros.evaluate.scenes import SceneKind, draw_scene, scene_of
from rt_grasp_ros.sim.objects import HELD_OUT

pytestmark = pytest.mark.sim


def names_of(kind, count=6):
    rng = np.random.default_rng(3)
    scenes = [draw_scene(kind, rng) for _ in range(count)]
    assert all(scene.seed < FIRST_TRAINING_SEED for scene in scenes)
    return [[placed.name for placed in scene.objects] for scene in scenes]


def test_counts_are_kept_and_held_out_objects_stay_out():
    for names in names_of(SceneKind(4, 6)):
        assert 4 <= len(names) <= 6
        assert not set(names) & set(HELD_OUT)


def test_one_object_is_held_out_where_asked():
    for names in names_of(SceneKind(2, 3, with_unseen=True)):
        assert 2 <= len(names) <= 3
        assert len(set(names) & set(HELD_OUT)) == 1


@pytest.mark.parametrize("with_unseen", [False, True])
def test_a_scene_is_drawn_again_from_its_seed_and_objects(with_unseen):
    scene = draw_scene(SceneKind(3, 4, with_unseen), np.random.default_rng(1))
    assert scene_of(scene.seed, [placed.name for placed in scene.objects]) == scene
