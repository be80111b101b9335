import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from rt_grasp_ros.grasp.errors import TransformUnavailable
from rt_grasp_ros.ros.transform_tree import KEPT_NS, NEWEST_IS_GOOD_FOR_NS, TransformTree

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
    assert np.allclose(ask(tree, "base", "hand", NOW_NS + NEWEST_IS_GOOD_FOR_NS), np.eye(4))
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
    assert KEPT_NS < NOW_NS
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
