import numpy as np
import pytest
import torch
from pictures import bar_picture, bar_pictures
from small_towers import small_tower

pytestmark = pytest.mark.torch

from rt_grasp_ros.data.dialogues import Dialogue  # noqa: E402
from rt_grasp_ros.data.recorded_views import RecordedViews  # noqa: E402
from rt_grasp_ros.language.vocabulary import load_vocabulary  # noqa: E402
from rt_grasp_ros.learn.embedded.visual_features import (  # noqa: E402
    RecordedFeatures,
    SimulatedFeatures,
    recorded_features,
)
from rt_grasp_ros.model.torch_backend.vision_tower import CODE_WIDTH, fourier  # noqa: E402

VOCABULARY = load_vocabulary()


def test_where_a_part_is_peaks_at_its_grasp():
    pictures = bar_pictures(6)
    features = SimulatedFeatures(pictures, np.zeros((6, 48, 4), np.float16), VOCABULARY)
    for index in range(6):
        (part,) = pictures.parts(index, VOCABULARY)
        where = features.where(index, Dialogue("a", "b", part.rectangle, part))
        assert where.sum() == pytest.approx(1)
        row, column = divmod(int(where[1:].argmax()), 8)
        assert abs((column + 0.5) * 16 - part.rectangle.x_px) <= 16
        assert abs((row + 0.5) * 16 - part.rectangle.y_px) <= 16
        refused = features.where(index, Dialogue("a", "b", None, None))
        assert refused[0] == refused.sum() == 1


def test_recorded_readings_answer_with_what_the_best_token_tells(tmp_path):
    views = RecordedViews([bar_picture(tmp_path)], [], VOCABULARY.colours)
    tower = small_tower()
    features = recorded_features(
        tower, views, VOCABULARY, 5, (128, 96), seed=0, progress=lambda done: None
    )
    assert isinstance(features, RecordedFeatures)
    assert len(features.tokens) == len(features.rectangles) == len(features.best_tokens) == 5
    rng = np.random.default_rng(0)
    for index in range(5):
        rectangle, best = features.rectangles[index], features.best_tokens[index]
        token = torch.from_numpy(features.tokens[index, best]).float()
        told = (rectangle.x_px / 128, rectangle.y_px / 128, rectangle.theta_rad / np.pi)
        code = torch.cat([fourier(torch.tensor(value)) for value in told])
        torch.testing.assert_close(token[-CODE_WIDTH:][: len(code)], code, atol=0.02, rtol=0)
        dialogue = features.draw(index, rng)
        where = features.where(index, dialogue)
        assert where.shape == (1 + features.tokens.shape[1],)
        assert where[0 if dialogue.is_recalled else 1 + best] == where.sum() == 1
