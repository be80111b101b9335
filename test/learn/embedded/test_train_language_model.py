import pytest
from pictures import bar_pictures
from small_towers import small_tower

pytestmark = pytest.mark.torch

from rt_grasp_ros.language.vocabulary import load_vocabulary  # noqa: E402
from rt_grasp_ros.learn.embedded.build_model import build_model  # noqa: E402
from rt_grasp_ros.learn.embedded.recipe import learn_tokenizer  # noqa: E402
from rt_grasp_ros.learn.embedded.train_language_model import (  # noqa: E402
    LanguageModelSettings,
    LanguageModelTrainer,
)
from rt_grasp_ros.learn.embedded.visual_features import simulated_features  # noqa: E402


def test_training_lowers_both_losses_and_resumes(tmp_path):
    pictures = bar_pictures(24)
    tower = small_tower()
    vocabulary = load_vocabulary()
    features = simulated_features(tower, pictures, vocabulary, 0, lambda done: None)
    assert features.tokens.shape == (24, 48, tower.config.hidden_size)
    tokenizer = learn_tokenizer(pictures, [], seed=0)
    settings = LanguageModelSettings(
        steps=31,
        pictures_per_step=4,
        dialogues_per_picture=2,
        learning_rate=6e-3,
        checkpoint_every=10,
    )
    llava = build_model(tokenizer, tower.config, layers=3)
    seen: dict[int, dict[str, float]] = {}
    LanguageModelTrainer(llava, tokenizer, vocabulary, settings, tmp_path / "language_model").train(
        [(features, 1.0)], lambda step, values: seen.update({step: values})
    )
    assert seen[30]["words"] < 0.9 * seen[0]["words"]
    assert seen[30]["attention"] < seen[0]["attention"]
    again: list[int] = []
    LanguageModelTrainer(llava, tokenizer, vocabulary, settings, tmp_path / "language_model").train(
        [(features, 1.0)], lambda step, values: again.append(step)
    )
    assert again == []
