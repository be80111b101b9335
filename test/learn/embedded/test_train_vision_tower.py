import math

import numpy as np
import pytest
from pictures import HEIGHT_PX, WIDTH_PX, bar_pictures
from small_towers import small_tower

pytestmark = pytest.mark.torch

import torch  # noqa: E402

from rt_grasp_ros.learn.embedded.train_vision_tower import (  # noqa: E402
    VisionTowerSettings,
    augment,
    make_targets,
    train_vision_tower,
)


def test_labels_move_with_the_mirrored_picture():
    pictures = bar_pictures(64)
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    pixels, cells, numbers = augment(pictures.images, pictures.cell_parts, pictures.numbers, rng)
    yellow = pixels[:, 0] - pixels[:, 2]  # the bar is the only thing with more red than blue
    for index in range(len(pictures)):
        rows, columns = np.nonzero(yellow[index].numpy() > 0.6)
        assert numbers[index, 0, 0] * WIDTH_PX == pytest.approx(columns.mean() + 0.5, abs=0.6)
        assert numbers[index, 0, 1] * WIDTH_PX == pytest.approx(rows.mean() + 0.5, abs=0.6)
        cell_rows, cell_columns = np.nonzero(cells[index])
        assert (cell_columns.mean() + 0.5) * 8 == pytest.approx(columns.mean() + 0.5, abs=0.6)
        assert (cell_rows.mean() + 0.5) * 8 == pytest.approx(rows.mean() + 0.5, abs=0.6)


def test_mirroring_turns_the_closing_direction():
    pictures = bar_pictures(40)
    pictures.numbers[:, 0, 3] = 0.3
    _, _, numbers = augment(
        pictures.images, pictures.cell_parts, pictures.numbers, np.random.default_rng(0)
    )
    moved_x = ~np.isclose(numbers[:, 0, 0], pictures.numbers[:, 0, 0])
    moved_y = ~np.isclose(numbers[:, 0, 1], pictures.numbers[:, 0, 1])
    expected = np.where(moved_x ^ moved_y, -0.3, 0.3)
    np.testing.assert_allclose(numbers[:, 0, 3], expected, atol=1e-6)


def test_targets_point_from_each_cell_to_the_grasp():
    pictures = bar_pictures(5)
    targets = make_targets(
        pictures.cell_parts, pictures.types, pictures.colours, pictures.numbers, WIDTH_PX
    )
    for index in range(5):
        for row, column in zip(*np.nonzero(pictures.cell_parts[index]), strict=True):
            dx, dy = targets.offset[index, :, row, column] * 32
            x_px, y_px = pictures.numbers[index, 0, :2] * WIDTH_PX
            assert (column + 0.5) * 8 + dx == pytest.approx(x_px, abs=1e-3)
            assert (row + 0.5) * 8 + dy == pytest.approx(y_px, abs=1e-3)
    assert targets.on_part.sum() == 15
    assert targets.direction[0, 0][targets.on_part[0]].tolist() == pytest.approx([-1.0] * 3)


def test_a_token_carries_the_grasp_its_cells_point_to():
    tower = small_tower()
    pixels = torch.zeros(1, 3, HEIGHT_PX, WIDTH_PX)
    tower.eval()
    with torch.inference_mode():
        maps = tower.maps(pixels)
        maps.offset[:] = 0
        maps.direction[:, 0], maps.direction[:, 1] = math.cos(0.6), math.sin(0.6)  # 0.3 rad
        tokens = tower.tokens(maps)
    assert tokens.shape == (1, HEIGHT_PX // 16 * WIDTH_PX // 16, tower.config.hidden_size)
    x_code, y_code, theta_code = tokens[0, 10, -48:-12].reshape(3, 12)
    row, column = divmod(10, WIDTH_PX // 16)
    for code, value in (
        (x_code, (column + 0.5) * 16 / WIDTH_PX),
        (y_code, (row + 0.5) * 16 / WIDTH_PX),
        (theta_code, 0.3 / math.pi),
    ):
        assert code[0].item() == pytest.approx(math.cos(2 * math.pi * value), abs=0.05)
        assert code[6].item() == pytest.approx(math.sin(2 * math.pi * value), abs=0.05)


def test_training_lowers_the_loss_and_goes_on_exactly_after_being_killed(tmp_path):
    pictures = bar_pictures(40)
    settings = VisionTowerSettings(steps=40, batch=8, checkpoint_every=20)
    losses = {}
    whole = small_tower()
    train_vision_tower(
        whole,
        pictures,
        None,
        settings,
        tmp_path / "whole",
        lambda s, v: losses.update({s: v["total"]}),
    )
    assert losses[39] < 0.7 * losses[0]

    class Killed(Exception):
        pass

    def kill_at_step(step, _values):
        if step == settings.steps - 1:
            raise Killed

    with pytest.raises(Killed):
        train_vision_tower(small_tower(), pictures, None, settings, tmp_path / "cut", kill_at_step)
    resumed = small_tower(seed=5)
    train_vision_tower(resumed, pictures, None, settings, tmp_path / "cut", lambda s, v: None)
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value, msg=name)
