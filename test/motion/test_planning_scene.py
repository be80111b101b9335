import numpy as np
from poses import top_down

from rt_grasp_ros.motion.planning_scene import scene_for_grasp

GRASP = top_down(0.5, 0.1, 0.03, 0.0)  # closes along x


def test_what_is_between_the_fingers_is_the_target():
    cloud = np.array([[0.5, 0.1, 0.05], [0.52, 0.14, 0.03], [0.6, 0.1, 0.05], [0.5, 0.3, 0.05]])
    scene = scene_for_grasp(cloud, 0.0, GRASP, 0.06)
    assert scene.is_target.tolist() == [True, True, False, False]


def test_a_wider_opening_takes_in_more():
    cloud = np.array([[0.535, 0.1, 0.05]])
    assert not scene_for_grasp(cloud, 0.0, GRASP, 0.04).is_target[0]
    assert scene_for_grasp(cloud, 0.0, GRASP, 0.06).is_target[0]


def test_the_table_is_no_point_of_the_cloud():
    cloud = np.array([[0.5, 0.1, 0.104], [0.5, 0.1, 0.15], [0.4, 0.1, -0.02]])
    scene = scene_for_grasp(cloud, 0.1, GRASP, 0.06)
    assert scene.points_m[:, 2].tolist() == [0.15]
