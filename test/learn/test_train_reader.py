import numpy as np
import pytest
from pictures import bar_pictures
from test_train_tower import small_tower

pytestmark = pytest.mark.torch

from rt_grasp_ros.data.dialogues import Dialogue  # noqa: E402
from rt_grasp_ros.data.labels import LabelledPart  # noqa: E402
from rt_grasp_ros.grasp.rectangle import GraspRectangle  # noqa: E402
from rt_grasp_ros.language.vocabulary import load_vocabulary  # noqa: E402
from rt_grasp_ros.learn.build_model import build_model  # noqa: E402
from rt_grasp_ros.learn.recipe import learn_tokenizer  # noqa: E402
from rt_grasp_ros.learn.train_reader import (  # noqa: E402
    ReaderSettings,
    ReaderTrainer,
    read_pictures,
    where_parts_are,
)


def test_where_a_part_is_peaks_at_its_grasp():
    cells = np.zeros((12, 16), np.uint8)
    cells[4:6, 2:12] = 3
    rectangle = GraspRectangle(40, 40, 0, 10, 5, 128, 96)
    part = LabelledPart("banana", "middle", "", 3, rectangle, 1.0, True)
    where = where_parts_are([Dialogue("a", "b", part), Dialogue("a", "b", None)], cells)
    assert where.shape == (2, 49)
    assert where[0].sum() == pytest.approx(1)
    assert divmod(int(where[0, 1:].argmax()), 8) == (2, 2)
    assert where[1, 0] == where[1].sum() == 1


def test_training_lowers_both_losses_and_resumes(tmp_path):
    pictures = bar_pictures(24)
    tower = small_tower()
    labels, tokens = read_pictures(tower, pictures, seed=0)
    assert tokens.shape == (24, 48, tower.config.hidden_size)
    tokenizer = learn_tokenizer(pictures, seed=0)
    settings = ReaderSettings(
        steps=31,
        pictures_per_step=4,
        dialogues_per_picture=2,
        learning_rate=6e-3,
        checkpoint_every=10,
    )
    llava = build_model(tokenizer, tower.config, layers=3)
    seen: dict[int, dict[str, float]] = {}
    ReaderTrainer(llava, tokenizer, load_vocabulary(), settings, tmp_path / "reader").train(
        labels, tokens, lambda step, values: seen.update({step: values})
    )
    assert seen[30]["words"] < 0.9 * seen[0]["words"]
    assert seen[30]["gaze"] < seen[0]["gaze"]
    again: list[int] = []
    ReaderTrainer(llava, tokenizer, load_vocabulary(), settings, tmp_path / "reader").train(
        labels, tokens, lambda step, values: again.append(step)
    )
    assert again == []
