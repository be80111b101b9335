"""Windows around a point at one metric scale."""

import numpy as np
import pytest
from boxed_table import TABLE, middle_of, table_with_box
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.model.point_eye.window import depth_near, window_at


@pytest.mark.parametrize("focal_px", [380.0, 600.0, 1100.0])
def test_a_thing_has_one_size_whatever_the_lens(focal_px):
    frame, box = table_with_box(focal_px)
    window = window_at(frame, TABLE, middle_of(box), 0.24)
    shown = window.height_m > 0.02
    # 6 cm of 24 cm are 24 of 96 pixels.
    assert abs(shown.any(axis=0).sum() - 24) <= 1
    assert abs(shown.any(axis=1).sum() - 24) <= 1


def test_what_the_network_is_shown():
    frame, box = table_with_box()
    channels = window_at(frame, TABLE, middle_of(box), 0.24).channels()
    assert channels.shape == (7, 96, 96)
    assert channels.dtype == np.float32
    red, green, blue, height, known, beyond, near = channels[:, 48, 48]
    assert (red, green, blue) == pytest.approx(
        (4 * 180 / 255 - 2, 4 * 30 / 255 - 2, 4 * 30 / 255 - 2)
    )
    assert height == pytest.approx(0.5, abs=1e-4)  # 5 cm, in units of 10 cm
    assert known == 1
    assert beyond == pytest.approx(0.0)
    assert near > 0.9
    corner = channels[:, 2, 2]
    assert corner[3] == pytest.approx(0.0, abs=1e-4)
    assert corner[5] == pytest.approx(0.5, abs=1e-4)
    assert corner[6] < 1e-6


def test_what_was_not_measured_is_told_from_what_is_flat():
    frame, box = table_with_box()
    depth_m = frame.depth_m.copy()
    depth_m[:, :300] = np.nan
    holed = RgbdFrame(frame.rgb, depth_m, frame.intrinsics, "camera", 0)
    channels = window_at(holed, TABLE, middle_of(box), 0.6).channels()
    assert np.isfinite(channels).all()
    assert channels[4, 48, 0] == 0
    assert channels[3, 48, 0] == 0
    assert channels[4, 48, 95] == 1


@given(
    st.floats(60, 580),
    st.floats(60, 420),
    st.floats(0.16, 0.6),
    st.floats(-0.7, 0.7),
    st.booleans(),
)
def test_what_a_window_shows_is_found_again_in_the_frame(x_px, y_px, side_m, turn_rad, mirrored):
    frame, box = table_with_box()
    window = window_at(frame, TABLE, (x_px, y_px), side_m, turn_rad=turn_rad, is_mirrored=mirrored)
    values = np.where(window.height_m > 0.02, 1.0, -1.0).astype(np.float32)
    found = window.in_frame(values, (640, 480))
    inside = window.in_frame(np.ones_like(values), (640, 480))
    # A pixel of the widest window is six of the frame's; only its border may be off.
    wrong = np.count_nonzero((found ^ box) & inside)
    assert wrong <= 0.35 * np.count_nonzero(box) + 20
    assert not (found & ~inside).any()


def test_a_point_without_depth_is_measured_beside_itself():
    depth_m = np.full((100, 100), np.nan, np.float32)
    assert depth_near(depth_m, (50.0, 50.0)) is None
    depth_m[50, 75] = 0.9
    assert depth_near(depth_m, (50.0, 50.0)) == pytest.approx(0.9)
    depth_m[50, 58] = 0.7
    assert depth_near(depth_m, (50.0, 50.0)) == pytest.approx(0.7)


def test_no_depth_no_window():
    frame, _ = table_with_box()
    blind = RgbdFrame(frame.rgb, np.full_like(frame.depth_m, np.nan), frame.intrinsics, "camera", 0)
    assert window_at(blind, TABLE, (320.0, 240.0), 0.4) is None
