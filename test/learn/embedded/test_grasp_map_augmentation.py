import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from rt_grasp_ros.learn.embedded.grasp_map_augmentation import augment_grasp_maps  # noqa: E402
from rt_grasp_ros.model.torch_backend.vision_tower import GraspMaps  # noqa: E402


def random_maps(count=400, rows=6, columns=8):
    torch.manual_seed(0)
    direction = torch.nn.functional.normalize(torch.randn(count, 2, rows, columns), dim=1)
    return GraspMaps(
        part_logits=torch.randn(count, 3, rows, columns),
        colour_logits=torch.randn(count, 2, rows, columns),
        quality_logit=torch.randn(count, rows, columns),
        offset=torch.randn(count, 2, rows, columns),
        direction=direction,
        opening=torch.rand(count, rows, columns) + 0.5,
    )


def doubled(maps):
    """Return the closing directions as complex numbers of twice their angle."""
    return torch.view_as_complex(maps.direction.movedim(1, -1).contiguous())


def test_what_is_not_chosen_stays():
    maps = random_maps()
    same = augment_grasp_maps(maps, 0.0, np.random.default_rng(0))
    for name, values in vars(maps).items():
        torch.testing.assert_close(getattr(same, name), values)


def test_a_picture_is_turned_shifted_and_stretched_as_one_and_still_shows_the_same():
    maps = random_maps()
    moved = augment_grasp_maps(maps, 1.0, np.random.default_rng(0))
    assert moved.part_logits is maps.part_logits and moved.colour_logits is maps.colour_logits
    before, after = (
        torch.view_as_complex(m.direction.movedim(1, -1).contiguous()) for m in (maps, moved)
    )
    turned = (after / before).flatten(1)
    torch.testing.assert_close(turned, turned[:, :1].expand_as(turned))
    doubled_deg = torch.rad2deg(turned[:, 0].angle())
    assert 40 < doubled_deg.std() < 60
    shift = (moved.offset - maps.offset).flatten(2)
    torch.testing.assert_close(shift, shift[..., :1].expand_as(shift))
    stretch = (moved.opening / maps.opening).flatten(1)
    torch.testing.assert_close(stretch, stretch[:, :1].expand_as(stretch))
    assert 0.1 < stretch[:, 0].log().std() < 0.2


def test_another_grasp_becomes_the_best_now_and_then_and_neighbours_keep_together():
    maps = random_maps()
    moved = augment_grasp_maps(maps, 1.0, np.random.default_rng(0))
    changed = moved.quality_logit - maps.quality_logit
    assert 0.4 < changed.std() < 1.2
    assert (changed[:, :, 1:] - changed[:, :, :-1]).std() < 0.6 * changed.std() * 2**0.5
    same = moved.quality_logit.flatten(1).argmax(1) == maps.quality_logit.flatten(1).argmax(1)
    assert 0.3 < same.float().mean() < 0.9


def test_a_share_is_moved():
    maps = random_maps()
    moved = augment_grasp_maps(maps, 0.5, np.random.default_rng(0))
    changed = (moved.opening != maps.opening).flatten(1).any(1)
    assert 0.4 < changed.float().mean() < 0.6
