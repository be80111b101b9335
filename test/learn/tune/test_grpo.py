"""What earns more than its group becomes likelier."""

from dataclasses import replace

import pytest
import torch
from accelerate import Accelerator
from drawn_conversations import write_conversations

from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.learn.tune import grpo
from rt_grasp_ros.learn.tune.base_model import AnswerModel, load_base
from rt_grasp_ros.learn.tune.batches import Encoder
from rt_grasp_ros.learn.tune.conversations import ConversationFile
from rt_grasp_ros.learn.tune.pictures import VisualTokens
from rt_grasp_ros.learn.tune.rewards import Reward
from rt_grasp_ros.learn.tune.run import TuneFiles, tune
from rt_grasp_ros.learn.tune.settings import TuneSettings
from rt_grasp_ros.learn.tune.strategies import make_trainable

pytestmark = pytest.mark.torch

SETTINGS = TuneSettings(
    "grpo",
    1e-3,
    batch=2,
    micro_batch=1,
    steps=4,
    lora_rank=4,
    group=4,
    updates=2,
    sample="all",
    kl_weight=0.1,
    precision="fp32",
    cache_visual_tokens=True,
)


@pytest.fixture
def loves_vowels(monkeypatch):
    """Let an answer earn the share of vowels in it: something that chance always varies."""

    def judge(written, prompt):
        share = sum(letter in "aeiou" for letter in written.text) / max(1, len(written.text))
        earned = Reward(parses=True, hits=False, agrees=False)
        monkeypatch.setattr(Reward, "total", property(lambda self: totals[id(self)]))
        totals[id(earned)] = share
        kept.append(earned)  # ids are of living objects only
        return earned

    totals, kept = {}, []
    monkeypatch.setattr(grpo, "_judge", judge)


def make_backward(base_dir, folder, settings):
    base = load_base(base_dir, settings)
    torch.manual_seed(0)
    tuned = make_trainable(base.llava, settings)
    backward = grpo.Grpo(
        AnswerModel(base.llava),
        tuned,
        Encoder(base.tokenizer),
        ConversationFile(write_conversations(folder, pictures=2)),
        VisualTokens(base, keep=True),
        settings,
        Accelerator(),
    )
    return backward, tuned


def test_a_step_makes_better_answers_likelier(base_dir, tmp_path, loves_vowels):
    settings = replace(SETTINGS, updates=8, kl_weight=0.0)
    backward, tuned = make_backward(base_dir, tmp_path, settings)
    optimizer = torch.optim.SGD(tuned.trained.values(), lr=1.0)
    losses = []
    for step in range(3):
        optimizer.zero_grad()
        losses.append(backward(step)["policy_loss"])
        torch.nn.utils.clip_grad_norm_(tuned.trained.values(), 1e-4)
        optimizer.step()
    assert losses[2] < losses[0]


def test_the_model_that_wrote_the_answers_has_ratio_one_and_no_divergence(
    base_dir, tmp_path, loves_vowels
):
    backward, _ = make_backward(base_dir, tmp_path, SETTINGS)
    torch.manual_seed(0)
    values = backward(0)
    assert values["clipped_share"] == pytest.approx(0, abs=0.02)
    assert values["divergence"] == pytest.approx(0, abs=1e-5)
    assert values["mixed_groups"] > 0


def test_equal_rewards_teach_nothing(base_dir, tmp_path, monkeypatch):
    same = Reward(parses=False, hits=False, agrees=False)
    monkeypatch.setattr(grpo, "_judge", lambda written, prompt: same)
    backward, tuned = make_backward(base_dir, tmp_path, replace(SETTINGS, kl_weight=0.0))
    torch.manual_seed(0)
    backward(0)
    for name, weight in tuned.trained.items():
        assert weight.grad is None or not weight.grad.any(), name


def test_what_the_physics_says_is_part_of_the_reward(base_dir, tmp_path, monkeypatch):
    def lift_the_first(rewards, prompts, answers, processes):
        assert (len(prompts), len(answers[0]), processes) == (2, 4, 3)
        return [[replace(first, lifted=True), *others] for first, *others in rewards]

    monkeypatch.setattr(grpo, "with_lifts", lift_the_first)
    backward, _ = make_backward(base_dir, tmp_path, replace(SETTINGS, lift_processes=3))
    torch.manual_seed(0)
    values = backward(0)
    assert values["lifted"] == pytest.approx(1 / 4)
    assert values["mixed_groups"] == 1.0


def test_rows_without_labels_are_refused(base_dir, tmp_path):
    path = write_conversations(tmp_path, pictures=2)
    path.write_text(path.read_text().replace('"grasps"', '"marks"'))
    files = TuneFiles(base_dir, path, None, tmp_path / "work", tmp_path / "out")
    with pytest.raises(DataInvalid, match="grasps"):
        tune(files, SETTINGS)


def test_a_run_goes_through_and_saves_between_samplings_only(llava_dir, tmp_path, monkeypatch):
    path = write_conversations(tmp_path, pictures=2)
    files = TuneFiles(llava_dir, path, None, tmp_path / "work", tmp_path / "out")
    saved = []
    from rt_grasp_ros.learn.tune import loop

    save = loop.save_progress
    monkeypatch.setattr(
        loop, "save_progress", lambda *args: (saved.append(args[-1]), save(*args))[0]
    )
    logged = []
    tune(files, replace(SETTINGS, save_every=1), lambda done, n, values: logged.append(values))
    assert saved == [2, 4]
    assert len(logged) == 4
    assert (files.out_dir / "adapter_model.safetensors").exists()
    assert {"reward", "hits", "agrees", "parses", "divergence"} <= set(logged[0])
