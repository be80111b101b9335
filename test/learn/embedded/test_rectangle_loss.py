import math

import pytest

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.grasp.rectangle import GraspRectangle  # noqa: E402
from rt_grasp_ros.learn.embedded.rectangle_loss import (  # noqa: E402
    rectangle_loss,
    rectangle_targets,
    told_by_opening,
)
from rt_grasp_ros.model.torch_backend.vision_tower import GraspMaps  # noqa: E402

SIZE_PX = (128, 96)
THING = 33


def rectangle(x_px, y_px, theta_rad=0.0, opening_px=40.0, jaw_px=20.0):
    return GraspRectangle(x_px, y_px, theta_rad, opening_px, jaw_px, *SIZE_PX)


CROSSED = [rectangle(64, 48, turn_rad, 24.0, 16.0) for turn_rad in (0.0, math.pi / 2)]
"""So small that every cell which shows the thing may answer with either."""


def exact_maps(targets, which):
    """Predictions that answer with rectangle `which` of one picture, from every cell."""
    rows, columns = targets.part.shape[1:]
    shown = 20.0 * torch.where(targets.part > 0, 1.0, -1.0)[:, None]
    others = torch.full((1, THING - 1, rows, columns), -20.0)
    direction = targets.direction[:, which, :, None, None].expand(1, 2, rows, columns)
    opening = targets.opening[:, which, None, None].expand(1, rows, columns)
    return GraspMaps(
        part_logits=torch.cat([-shown, others, shown], 1),
        colour_logits=torch.zeros(1, 11, rows, columns),
        quality_logit=torch.logit(targets.quality.clamp(1e-4, 1 - 1e-4)),
        offset=targets.offset[:, which],
        direction=direction,
        opening=opening,
    )


def test_grasps_of_broad_jaws_are_told_only_where_there_are_no_others():
    narrow, broad = rectangle(40, 40), rectangle(80, 40, jaw_px=60.0)
    assert told_by_opening([broad, narrow]) == [narrow]
    assert told_by_opening([broad]) == [broad]
    assert told_by_opening([]) == []


def test_a_grasp_that_is_not_told_still_shows_the_thing():
    narrow, broad = rectangle(40, 48), rectangle(96, 48, jaw_px=60.0)
    targets = rectangle_targets([[narrow, broad]], [None], THING, SIZE_PX)
    assert targets.part[0, 6, 12] == THING
    assert not targets.fits[0, 1].any()
    assert targets.quality[0, 6, 12] < 0.01 < targets.quality[0, 6, 5]


@pytest.mark.parametrize("which", [0, 1])
def test_either_of_two_right_grasps_is_right(which):
    targets = rectangle_targets([CROSSED], [None], THING, SIZE_PX)
    losses = rectangle_loss(exact_maps(targets, which), targets)
    for name in ("part", "offset", "direction", "opening"):
        assert losses[name] == pytest.approx(0.0, abs=1e-4)


def test_what_lies_between_two_right_directions_is_wrong():
    targets = rectangle_targets([CROSSED], [None], THING, SIZE_PX)
    maps = exact_maps(targets, 0)
    maps.direction = torch.zeros_like(maps.direction)
    assert rectangle_loss(maps, targets)["direction"] > 0.9
