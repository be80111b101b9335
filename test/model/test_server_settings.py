import pytest

from rt_grasp_ros.grasp.errors import RequestInvalid
from rt_grasp_ros.model.server_settings import ServerSettings


@pytest.mark.parametrize(
    "wrong",
    [
        {"picture_format": "bmp"},
        {"connect_timeout_s": -1.0},
        {"first_token_timeout_s": 0.0},
        {"total_timeout_s": 0.0},
        {"retries": -1},
    ],
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(RequestInvalid):
        ServerSettings(**wrong)
