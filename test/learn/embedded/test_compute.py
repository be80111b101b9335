"""Both stages on a card that is none: nothing is left behind, and what is learned is the same."""

from dataclasses import dataclass

import pytest
from pictures import bar_pictures

pytestmark = pytest.mark.torch

import torch  # noqa: E402
from pretend_card import CARD, OnCard, TwoPlaces, pretend_card  # noqa: E402

from rt_grasp_ros.learn.embedded import recipe  # noqa: E402
from rt_grasp_ros.learn.embedded.compute import ON_CPU, Compute, to_host  # noqa: E402
from rt_grasp_ros.learn.embedded.recipe import train_embedded_model  # noqa: E402
from rt_grasp_ros.learn.embedded.train_language_model import LanguageModelSettings  # noqa: E402
from rt_grasp_ros.learn.embedded.train_vision_tower import VisionTowerSettings  # noqa: E402

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Two:
    one: torch.Tensor
    others: tuple
    count: int = 3


def train(folder, out, compute, losses):
    train_embedded_model(
        folder / "data",
        None,
        out / "work",
        out / "checkpoint",
        VisionTowerSettings(steps=2, batch=4, checkpoint_every=1),
        LanguageModelSettings(
            steps=2, pictures_per_step=2, dialogues_per_picture=3, checkpoint_every=1
        ),
        lambda stage, step, values: losses.append((stage, step, values.get("total"))),
        compute=compute,
    )


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_a_card_learns_what_the_cpu_learns_and_no_tensor_is_left_behind(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    bar_pictures(6).save(tmp_path / "data" / "sim_00000.npz")
    here, there, saved = [], [], []
    # Graphs can't be traced on the card that is none: what would be written is looked at.
    monkeypatch.setattr(
        recipe, "save_checkpoint", lambda llava, *_: saved.append(llava.state_dict())
    )
    train(tmp_path, tmp_path / "here", Compute.on(CPU, "fp32"), here)
    with pretend_card(monkeypatch) as pinned:
        train(tmp_path, tmp_path / "there", Compute.on(CARD), there)
    assert len(pinned) > 20
    assert [step[:2] for step in there] == [step[:2] for step in here]
    stages = {(stage, step): value for stage, step, value in here}
    for stage, step, value in there:
        assert value is None or value == pytest.approx(stages[stage, step], rel=1e-3)
    of_cpu, of_card = saved
    for name, weight in of_cpu.items():
        assert type(of_card[name]) is torch.Tensor  # back in the host's memory
        torch.testing.assert_close(of_card[name], weight, atol=1e-3, rtol=1e-3, msg=name)


def test_the_card_refuses_what_a_real_one_refuses(monkeypatch):
    with pretend_card(monkeypatch):
        on_card = Compute.on(CARD).moved(torch.ones(3))
        assert isinstance(on_card, OnCard) and on_card.device == CARD
        with pytest.raises(TwoPlaces):
            on_card + torch.ones(3)
        assert (on_card + torch.tensor(1.0)).cpu().tolist() == [2.0, 2.0, 2.0]
        with pytest.raises(TwoPlaces):
            torch.ones(3)[on_card > 0]


def test_what_dataclasses_and_tuples_hold_is_moved(monkeypatch):
    value = Two(torch.ones(2), (torch.zeros(1), Two(torch.ones(1), ())))
    with pretend_card(monkeypatch) as pinned:
        moved = Compute.on(CARD).moved(value)
        assert isinstance(moved.one, OnCard) and isinstance(moved.others[1].one, OnCard)
        assert moved.count == 3 and len(pinned) == 3
        back = to_host(moved)
    assert type(back.others[0]) is torch.Tensor and back.one.tolist() == [1.0, 1.0]
    assert ON_CPU.moved(value).one is value.one


def test_a_cpu_multiplies_in_bfloat16_and_a_card_in_float32_unless_told_otherwise():
    assert Compute.on(CPU).precision == "bf16"
    assert Compute.on(torch.device("cuda")).precision == "fp32"
    assert Compute.on(torch.device("cuda"), "bf16").precision == "bf16"
    ones = torch.ones(2, 2)
    with Compute.on(CPU).autocast():
        assert (ones @ ones).dtype is torch.bfloat16
    with Compute.on(CPU, "fp32").autocast():
        assert (ones @ ones).dtype is torch.float32
