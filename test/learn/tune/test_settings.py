"""Presets hold the paper's settings, and nothing that no run could follow."""

import pytest

from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.learn.tune.settings import TuneSettings, load_preset, preset_names


def test_every_preset_can_be_loaded():
    assert {load_preset(name).strategy for name in preset_names()} == {
        "projector",
        "lora",
        "full",
        "grpo",
    }


def test_the_papers_settings():
    projector, lora = load_preset("paper-7b-projector"), load_preset("paper-7b-lora")
    assert (projector.learning_rate, projector.batch) == (2e-3, 32)
    assert (lora.learning_rate, lora.batch) == (5e-4, 32)
    assert (lora.lora_rank, lora.lora_alpha) == (64, 32)
    assert load_preset("paper-7b-qlora").quantise == "nf4"


def test_changes_replace_values_and_none_changes_nothing():
    changed = load_preset("tiny-lora", steps=7, batch=None)
    assert changed.steps == 7
    assert changed.batch == load_preset("tiny-lora").batch


def test_a_file_is_a_preset(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("strategy: lora\nlearning_rate: 1.0e-4\n")
    assert load_preset(str(path)) == TuneSettings("lora", 1e-4)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("strategy: lora\nlearning_rate: 1.0e-4\nbatsch: 3\n", "batsch"),
        ("strategy: prompt\nlearning_rate: 1.0e-4\n", "strategy"),
        ("strategy: lora\nlearning_rate: -1\n", "learning_rate"),
        ("strategy: full\nlearning_rate: 1\nquantise: nf4\n", "Quantised"),
        ("strategy: lora\n", "learning_rate"),
        ("- lora\n", "mapping"),
        ("a: b: c\n", "YAML"),
    ],
)
def test_what_no_run_could_follow_is_refused(tmp_path, text, named):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    with pytest.raises(DataInvalid, match=named):
        load_preset(str(path))


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(DataInvalid, match="tiny-lora"):
        load_preset("huge")


def test_steps_follow_from_epochs_or_are_given():
    settings = TuneSettings("lora", 1e-4, batch=4, epochs=2)
    assert settings.total_steps(10) == 5
    assert settings.total_steps(1) == 1
    assert load_preset("tiny-lora", steps=3).total_steps(1000) == 3
