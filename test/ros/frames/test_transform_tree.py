import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from rt_grasp_ros.grasp.errors import TransformUnavailable
from rt_grasp_ros.ros.frames.transform_tree import TransformTree

SECOND_NS = 1_000_000_000
NOW_NS = 5000 * SECOND_NS

POSES = st.builds(
    lambda rotation, position: _pose(rotation, position),
    arrays(float, 3, elements=st.floats(-3.0, 3.0)),
    arrays(float, 3, elements=st.floats(-2.0, 2.0)),
)


def _pose(rotation_vector=(0.0, 0.0, 0.0), position_m=(0.0, 0.0, 0.0)):
    pose = np.eye(4)
    pose[:3, :3] = Rotation.from_rotvec(rotation_vector).as_matrix()
    pose[:3, 3] = position_m
    return pose


def ask(tree, target, source, stamp_ns=NOW_NS, timeout_s=0.0):
    return tree.lookup(target, source, stamp_ns, timeout_s)


@given(to_hand=POSES, to_camera=POSES, to_mount=POSES)
def test_frames_are_connected_over_their_common_root(to_hand, to_camera, to_mount):
    tree = TransformTree()
    tree.put("base", "hand", to_hand, NOW_NS, is_static=False)
    tree.put("base", "mount", to_mount, 0, is_static=True)
    tree.put("mount", "camera", to_camera, 0, is_static=True)
    expected = np.linalg.inv(to_hand) @ to_mount @ to_camera
    assert np.allclose(ask(tree, "hand", "camera"), expected, atol=1e-9)
    assert np.allclose(ask(tree, "camera", "hand"), np.linalg.inv(expected), atol=1e-9)
    assert np.allclose(ask(tree, "base", "camera"), to_mount @ to_camera)
    assert np.allclose(ask(tree, "camera", "camera"), np.eye(4))


def test_all_frames_are_named_also_the_root():
    tree = TransformTree()
    assert tree.frames() == []
    tree.put("base", "hand", _pose(), NOW_NS, is_static=False)
    tree.put("base", "camera", _pose(), 0, is_static=True)
    assert tree.frames() == ["base", "camera", "hand"]


def test_a_moving_frame_is_interpolated():
    tree = TransformTree()
    tree.put("base", "hand", _pose(), NOW_NS, is_static=False)
    tree.put("base", "hand", _pose((0, 0, 1.0), (0.4, 0, 0)), NOW_NS + SECOND_NS, is_static=False)
    quarter = ask(tree, "base", "hand", NOW_NS + SECOND_NS // 4)
    assert np.allclose(quarter, _pose((0, 0, 0.25), (0.1, 0, 0)))


def test_only_a_moment_past_the_newest_is_answered():
    tree = TransformTree()
    tree.put("base", "hand", _pose(), NOW_NS, is_static=False)
    assert np.allclose(ask(tree, "base", "hand", NOW_NS + 500_000_000), np.eye(4))
    with pytest.raises(TransformUnavailable, match=r"'hand' is 2\.0 s older"):
        ask(tree, "base", "hand", NOW_NS + 2 * SECOND_NS)
    with pytest.raises(TransformUnavailable, match=r"'hand' is 3\.0 s younger"):
        ask(tree, "base", "hand", NOW_NS - 3 * SECOND_NS)


def test_a_static_transform_holds_at_all_times():
    tree = TransformTree()
    tree.put("base", "camera", _pose(position_m=(1, 0, 0)), NOW_NS, is_static=True)
    for stamp_ns in (0, NOW_NS, 2 * NOW_NS):
        assert ask(tree, "base", "camera", stamp_ns)[0, 3] == 1


def test_old_transforms_are_forgotten_and_a_clock_set_back_starts_anew():
    tree = TransformTree()
    for second in range(20):
        tree.put("base", "hand", _pose(), NOW_NS + second * SECOND_NS, is_static=False)
    with pytest.raises(TransformUnavailable, match="younger"):
        ask(tree, "base", "hand", NOW_NS + SECOND_NS)
    tree.put("base", "hand", _pose(position_m=(0, 0, 1)), SECOND_NS, is_static=False)
    assert NOW_NS > 10_000_000_000
    assert ask(tree, "base", "hand", SECOND_NS)[2, 3] == 1


def test_a_late_transform_changes_nothing():
    tree = TransformTree()
    tree.put("base", "hand", _pose(), NOW_NS, is_static=False)
    tree.put("base", "hand", _pose(position_m=(1, 0, 0)), NOW_NS - SECOND_NS, is_static=False)
    assert ask(tree, "base", "hand")[0, 3] == 0


def test_what_is_not_connected_names_the_known_frames():
    tree = TransformTree()
    with pytest.raises(TransformUnavailable, match="none at all"):
        ask(tree, "base", "camera")
    tree.put("base", "hand", _pose(), NOW_NS, is_static=False)
    with pytest.raises(TransformUnavailable, match=r"'camera' to 'base' \(known frames: hand\)"):
        ask(tree, "base", "camera")


def test_a_circle_is_found():
    tree = TransformTree()
    tree.put("a", "b", _pose(), 0, is_static=True)
    tree.put("b", "a", _pose(), 0, is_static=True)
    with pytest.raises(TransformUnavailable, match="circle"):
        ask(tree, "a", "b")


def test_a_question_waits_for_its_answer_but_not_for_ever():
    tree = TransformTree()
    start_s = time.monotonic()
    with pytest.raises(TransformUnavailable):
        ask(tree, "base", "camera", timeout_s=0.1)
    assert time.monotonic() - start_s >= 0.1
    put = threading.Timer(0.1, tree.put, ("base", "camera", _pose(), 0), {"is_static": True})
    put.start()
    assert np.allclose(ask(tree, "base", "camera", timeout_s=10.0), np.eye(4))
    put.join()


def test_frames_are_connected_below_their_nearest_common_frame():
    """A localisation whose last correction is 3 s old has no say in where the camera is mounted."""
    tree = TransformTree()
    tree.put("map", "odom", _pose((0, 0, 1), (4, 0, 0)), NOW_NS, is_static=False)
    tree.put("odom", "base", _pose((0, 1, 0), (0, 3, 0)), NOW_NS + 3 * SECOND_NS, is_static=False)
    tree.put("base", "arm", _pose(position_m=(0.1, 0, 0)), 0, is_static=True)
    tree.put("base", "camera", _pose(position_m=(0, 0, 0.5)), 0, is_static=True)
    late_ns = NOW_NS + 3 * SECOND_NS
    assert np.array_equal(
        ask(tree, "arm", "camera", late_ns), _pose(position_m=(-0.1, 0, 0.5)).round(12)
    )
    assert np.allclose(ask(tree, "base", "camera", late_ns)[:3, 3], (0, 0, 0.5))
    assert np.allclose(ask(tree, "camera", "base", late_ns)[:3, 3], (0, 0, -0.5))
    assert np.allclose(
        ask(tree, "odom", "camera", late_ns)[:3, 3], (0.5 * np.sin(1), 3, 0.5 * np.cos(1))
    )
    with pytest.raises(TransformUnavailable, match=r"'odom' is 3\.0 s older"):
        ask(tree, "map", "camera", late_ns)


def test_branches_of_different_times_are_each_asked_at_the_moment():
    tree = TransformTree()
    for second in range(3):
        tree.put(
            "base",
            "hand",
            _pose(position_m=(second, 0, 0)),
            NOW_NS + second * SECOND_NS,
            is_static=False,
        )
    tree.put("base", "turntable", _pose(position_m=(0, 1, 0)), NOW_NS, is_static=False)
    tree.put("base", "turntable", _pose(position_m=(0, 2, 0)), NOW_NS + SECOND_NS, is_static=False)
    between_ns = NOW_NS + SECOND_NS // 2
    assert np.allclose(ask(tree, "hand", "turntable", between_ns)[:3, 3], (-0.5, 1.5, 0))
    with pytest.raises(TransformUnavailable, match=r"'turntable' is 1\.0 s older"):
        ask(tree, "hand", "turntable", NOW_NS + 2 * SECOND_NS)


def test_a_circle_above_both_frames_is_in_nobodys_way():
    tree = TransformTree()
    tree.put("world", "map", _pose(), 0, is_static=True)
    tree.put("map", "world", _pose(), 0, is_static=True)
    tree.put("map", "base", _pose(), 0, is_static=True)
    tree.put("base", "camera", _pose(position_m=(0, 0, 1)), 0, is_static=True)
    tree.put("base", "hand", _pose(position_m=(1, 0, 0)), 0, is_static=True)
    assert np.allclose(ask(tree, "hand", "camera")[:3, 3], (-1, 0, 1))
    with pytest.raises(TransformUnavailable, match="circle at 'map'"):
        ask(tree, "world", "camera")
    with pytest.raises(TransformUnavailable, match="circle at 'map'"):
        ask(tree, "elsewhere", "camera")


def test_a_frame_that_two_nodes_publish_below_different_parents_is_not_believed():
    tree = TransformTree()
    tree.put("base", "camera", _pose(), 0, is_static=True)
    for turn in range(20):
        parent = ("odom", "map")[turn % 2]
        tree.put(parent, "base", _pose(), NOW_NS + turn * SECOND_NS // 50, is_static=False)
    with pytest.raises(
        TransformUnavailable, match="'base' is published below 'odom' and below 'map'"
    ):
        ask(tree, "map", "camera", NOW_NS + SECOND_NS // 2)
    assert np.allclose(ask(tree, "base", "camera"), np.eye(4))
    for turn in range(3):
        tree.put("map", "base", _pose(), NOW_NS + (3 + turn) * SECOND_NS, is_static=False)
        tree.put("odom", "base", _pose(), NOW_NS + (5 + 10 * turn) * SECOND_NS, is_static=False)
    assert np.allclose(ask(tree, "odom", "camera", NOW_NS + 25 * SECOND_NS), np.eye(4))


def test_a_frame_that_is_handed_over_once_lies_below_its_new_parent():
    tree = TransformTree()
    tree.put("table", "mug", _pose(), NOW_NS, is_static=False)
    tree.put("hand", "mug", _pose(position_m=(0, 0, 0.1)), NOW_NS + SECOND_NS, is_static=False)
    assert ask(tree, "hand", "mug", NOW_NS + SECOND_NS)[2, 3] == 0.1
    tree.put("table", "mug", _pose(position_m=(0, 1, 0)), NOW_NS + 9 * SECOND_NS, is_static=False)
    assert ask(tree, "table", "mug", NOW_NS + 9 * SECOND_NS)[1, 3] == 1


def test_a_moving_transform_takes_the_place_of_a_static_one():
    tree = TransformTree()
    tree.put("base", "camera", _pose(position_m=(1, 0, 0)), 0, is_static=True)
    tree.put("base", "camera", _pose(position_m=(2, 0, 0)), NOW_NS, is_static=False)
    assert ask(tree, "base", "camera")[0, 3] == 2
    tree.put("base", "camera", _pose(position_m=(3, 0, 0)), 0, is_static=True)
    assert ask(tree, "base", "camera", NOW_NS + 60 * SECOND_NS)[0, 3] == 3


def test_names_are_those_of_tf2():
    tree = TransformTree()
    tree.put("base", "camera", _pose(position_m=(1, 0, 0)), 0, is_static=True)
    tree.put("camera", "camera", _pose(), 0, is_static=True)
    tree.put("", "camera", _pose(), 0, is_static=True)
    tree.put("/base", "/hand", _pose(), 0, is_static=True)
    assert ask(tree, "/hand", "camera")[0, 3] == 1
    assert tree.frames() == ["base", "camera", "hand"]
