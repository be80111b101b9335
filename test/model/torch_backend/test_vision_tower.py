"""Mirror images of a picture, as the tower sees them."""

import numpy as np
import pytest

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.model.torch_backend.vision_tower import (  # noqa: E402
    GraspMaps,
    GraspTower,
    GraspTowerConfig,
)

WIDTH_PX, HEIGHT_PX = 128, 96
ALONG = [(-1,), (-2,), (-1, -2)]


@pytest.fixture
def tower():
    torch.manual_seed(0)
    config = GraspTowerConfig(
        image_size=WIDTH_PX, stage_widths=[8, 16, 24, 32], stage_depths=[1] * 4, pyramid_width=24
    )
    return GraspTower(config).eval()


@pytest.fixture
def pixels():
    return torch.rand(1, 3, HEIGHT_PX, WIDTH_PX, generator=torch.Generator().manual_seed(1)) * 2 - 1


def random_maps(tower):
    rows, columns = HEIGHT_PX // 8, WIDTH_PX // 8
    draw = torch.Generator().manual_seed(2)
    values = torch.randn(1, sum(tower.map_sizes), rows, columns, generator=draw)
    parts, colours, quality, offset, direction, opening = values.split(tower.map_sizes, dim=1)
    return GraspMaps(parts, colours, quality[:, 0], offset, direction, opening[:, 0])


def show_part(tower, part):
    """Let every cell show a part, 0 for none."""
    with torch.no_grad():
        tower.heads.bias.zero_()
        tower.heads.bias[part] = 50.0


@pytest.mark.parametrize("axes", ALONG)
def test_grasps_are_mirrored_with_the_picture(tower, axes):
    maps = random_maps(tower)
    own, mirrored = tower.grasps(maps), tower.grasps(maps.mirrored(axes))
    back = {name: values.flip(axes) for name, values in vars(mirrored).items()}
    x = WIDTH_PX / WIDTH_PX - back["x"] if -1 in axes else back["x"]
    y = HEIGHT_PX / WIDTH_PX - back["y"] if -2 in axes else back["y"]
    sign = -1 if len(axes) == 1 else 1
    np.testing.assert_allclose(x, own.x, atol=1e-5)
    np.testing.assert_allclose(y, own.y, atol=1e-5)
    np.testing.assert_allclose(sign * back["half_turns"], own.half_turns, atol=1e-5)
    np.testing.assert_allclose(back["opening"], own.opening, atol=1e-6)
    np.testing.assert_allclose(back["quality"], own.quality, atol=1e-6)


@pytest.mark.parametrize("axes", ALONG)
@torch.inference_mode()
def test_the_unnamed_is_seen_alike_in_every_mirror_image(tower, pixels, axes):
    show_part(tower, tower.config.num_part_types)
    seen, mirrored = tower.seen(pixels), tower.seen(pixels.flip(axes)).mirrored(axes)
    alone = tower.maps(pixels.flip(axes)).mirrored(axes)
    for name, values in vars(seen).items():
        np.testing.assert_allclose(getattr(mirrored, name), values, atol=1e-4)
    assert not np.allclose(alone.offset, seen.offset, atol=1e-3)


@torch.inference_mode()
def test_what_has_a_name_is_seen_as_it_is(tower, pixels):
    show_part(tower, 1)
    for name, values in vars(tower.maps(pixels)).items():
        assert torch.equal(getattr(tower.seen(pixels), name), values)


@torch.inference_mode()
def test_each_picture_of_a_batch_is_seen_by_what_it_shows(tower):
    maps = random_maps(tower)
    both = GraspMaps(**{name: torch.cat([v, v]) for name, v in vars(maps).items()})
    other = GraspMaps(**{name: torch.zeros_like(v) for name, v in vars(both).items()})
    chosen = both.where(torch.tensor([True, False]), other)
    for name, values in vars(chosen).items():
        assert torch.equal(values[0], getattr(maps, name)[0])
        assert not values[1].any()


@pytest.mark.parametrize(
    ("parts", "is_unnamed"),
    [((), False), ((1,), False), ((31,), False), ((32,), True), ((32, 31), False)],
)
def test_a_picture_is_unnamed_where_it_shows_things_and_none_with_a_name(tower, parts, is_unnamed):
    maps = random_maps(tower)
    logits = torch.zeros_like(maps.part_logits)
    logits[:, 0] = 20.0
    for column, part in enumerate(parts):
        logits[:, part, 3, column] = 40.0
    maps.part_logits = logits
    assert maps.is_unnamed().tolist() == [is_unnamed]
