import math

import pytest

from rt_grasp_ros.sim.cameras.profiles import PROFILES, UnknownCamera, camera_profile


@pytest.mark.parametrize(
    ("name", "fov_deg", "nearest_m"),
    [
        ("d415", (69.4, 42.5), 0.290),
        ("d435", (69.4, 42.5), 0.177),
        ("d455", (90.0, 58.7), 0.337),
        ("azure_kinect", (90.0, 59.0), 0.5),
    ],
)
def test_lenses_and_ranges_are_those_of_the_data_sheets(name, fov_deg, nearest_m):
    profile = camera_profile(name)
    assert (profile.width_px, profile.height_px) == (1280, 720)
    least, most = profile.fovy_rad
    assert least == most
    focal_px = 360 / math.tan(least / 2)
    assert math.degrees(2 * math.atan(640 / focal_px)) == pytest.approx(fov_deg[0], abs=0.1)
    assert math.degrees(least) == pytest.approx(fov_deg[1], abs=0.6)
    assert profile.depth.min_m == pytest.approx(nearest_m, abs=0.001)
    assert profile.source


def test_only_the_cells_camera_is_exact():
    assert [name for name, profile in PROFILES.items() if profile.is_exact] == ["cell"]


def test_another_camera_is_named_among_those_that_there_are():
    with pytest.raises(UnknownCamera, match="azure_kinect"):
        camera_profile("polaroid")
