"""The table is where TF and its height in the base frame say."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.errors import ProfileInvalid
from rt_grasp_ros.grasp.frame import RgbdFrame

pytestmark = pytest.mark.ros

CAMERA = Intrinsics(600.0, 600.0, 3.5, 2.5, 8, 6)
FRAME = RgbdFrame(
    np.zeros((6, 8, 3), np.uint8), np.ones((6, 8), np.float32), CAMERA, "optical", stamp_ns=5
)


def known_table(tree, table_z_m=0.1):
    from rt_grasp_ros.ros.frames.known_table import KnownTable

    return KnownTable(tree, "base", lambda: table_z_m)


def test_the_plane_is_below_the_camera():
    from rt_grasp_ros.ros.frames.transform_tree import TransformTree

    tree = TransformTree()
    T_base_camera = np.diag([1.0, -1.0, -1.0, 1.0])
    T_base_camera[:3, 3] = [0.5, 0.0, 0.8]
    tree.put("base", "optical", T_base_camera, 0, is_static=True)
    plane = known_table(tree).plane_in(FRAME)
    np.testing.assert_allclose(plane.normal, [0.0, 0.0, -1.0])
    assert plane.offset_m == pytest.approx(0.7)


def test_without_tf_nothing_is_known():
    from rt_grasp_ros.ros.frames.transform_tree import TransformTree

    assert known_table(TransformTree()).plane_in(FRAME) is None


def test_the_base_frame_is_that_of_the_profile(tmp_path):
    from rt_grasp_ros.resources import share_path
    from rt_grasp_ros.ros.frames.known_table import base_frame_of

    assert base_frame_of(share_path("config/robots/panda.yaml")) == "panda_link0"
    wrong = tmp_path / "robot.yaml"
    wrong.write_text("name: some robot\n")
    with pytest.raises(ProfileInvalid, match="base_frame"):
        base_frame_of(wrong)
