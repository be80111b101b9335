"""The torch engine says what onnxruntime says, and serves a checkpoint in LLaVA-1.5's layout."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from tiny_llava import save_tiny_llava

from rt_grasp_ros.grasp.errors import (
    AnswerCancelled,
    CheckpointInvalid,
    CommandTooLong,
    GpuUnavailable,
    ModelNotFinite,
    ModelOutOfMemory,
)
from rt_grasp_ros.grasp.letterbox import letterbox
from rt_grasp_ros.language.command import validate_command
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.engine import EngineSettings
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.model.torch_backend.static_decoding import StaticDecoder
from rt_grasp_ros.model.torch_settings import TorchSettings
from rt_grasp_ros.resources import share_path

pytestmark = pytest.mark.torch

COMMANDS = ("grasp the banana", "grasp the mug by its handle", "take the giraffe")
GREY = np.full((120, 160, 3), 128, np.uint8)


def load(folder, **settings):
    return load_engine(
        folder, "torch", EngineSettings(torch=TorchSettings(device="cpu", **settings))
    )


@pytest.fixture(scope="module")
def picture():
    from rt_grasp_ros.sim.cell import Cell
    from rt_grasp_ros.sim.scene import random_scene

    with Cell(random_scene(5, ("banana", "mug", "tape"))) as cell:
        return cell.observe().rgb


class TestEmbedded:
    @pytest.fixture(scope="class")
    def engine(self):
        return load(share_path("models/rt-grasp-tiny"))

    def test_both_engines_give_the_same_answers(self, engine, picture):
        onnx = load_engine(share_path("models/rt-grasp-tiny"), "onnx")
        for command in COMMANDS:
            (expected,), (answer,) = onnx.answer(picture, command), engine.answer(picture, command)
            assert answer.reasoning == expected.reasoning
            assert (answer.rectangle is None) == (expected.rectangle is None)
            if answer.rectangle is not None:
                np.testing.assert_allclose(
                    answer.rectangle.centre, expected.rectangle.centre, atol=6
                )

    def test_the_text_grows_while_it_is_written(self, engine, picture):
        texts: list[str] = []
        (answer,) = engine.answer(picture, "grasp the mug", on_text=texts.append)
        assert len(texts) > 5
        assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
        assert texts[-1].startswith(answer.reasoning)

    def test_candidates_differ_and_come_best_first(self, engine, picture):
        answers = engine.answer(picture, "grasp the mug", max_candidates=4)
        assert len(answers) > 1
        scores = [answer.score for answer in answers]
        assert scores == sorted(scores, reverse=True)
        for index, answer in enumerate(answers):
            assert answer.reasoning == answers[0].reasoning
            for other in answers[:index]:
                assert answer.rectangle.overlap(other.rectangle) < 0.6

    def test_a_dialogue_too_long_loses_its_oldest_turns(self, engine, picture):
        turn = Turn("grasp the mug", "The mug lies on the left. x 0.100 y 0.200 theta 0.3 w 0.1")
        assert engine.answer(picture, "the other end", history=[turn] * 60)

    @pytest.mark.parametrize("letter", ["\u676f", "q z x ", "\N{BANANA}"])
    @pytest.mark.parametrize("before", ["grasp the mug", "take the giraffe"])
    def test_a_command_too_long_is_refused_and_the_next_one_answered(
        self, engine, picture, letter, before
    ):
        """Also where the picture was read before, and only the text behind it is new."""
        engine.answer(picture, before)
        for count in (200, 240, 262, 266, 270, 274, 278, 330, 490):
            command = validate_command(("grasp the mug " + letter * count)[:500])
            try:
                assert engine.answer(picture, command)
            except CommandTooLong as refusal:
                assert 100 < refusal.limit < refusal.length == len(command)
        with pytest.raises(CommandTooLong, match="say it shorter"):
            engine.answer(picture, "\N{BANANA}" * 480)
        assert engine.answer(picture, "grasp the mug")

    def test_an_answer_and_a_draft_have_room_behind_the_longest_prompt(self, engine, picture):
        count = 1
        with pytest.raises(CommandTooLong):
            while True:
                longest = engine._budget.encode(engine._beginning, "\u676f" * count)
                count += 1
        visual, answer, draft = 256, 96, 7
        places = len(longest.before) + visual + len(longest.after) + answer + draft
        assert 1024 - 10 < places < 1024
        assert engine.answer(picture, "\u676f" * (count - 2))


class TestLayoutOfLlava15:
    """Random weights: answers are nonsense, but can be read."""

    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory):
        folder = tmp_path_factory.mktemp("llava")
        save_tiny_llava(folder)
        return folder

    @pytest.fixture(scope="class")
    def engine(self, folder):
        return load(folder)

    @pytest.mark.parametrize("quantise", ["none", "int8", "nf4", "int4"])
    def test_every_answer_can_be_read(self, folder, quantise):
        engine = load(folder, quantise=quantise)
        assert engine.answer(GREY, "grasp the mug", max_candidates=3)
        assert (engine.memory.after_bytes < engine.memory.before_bytes) == (quantise != "none")
        assert quantise == "none" or quantise in engine.name

    def test_it_stops_between_tokens_when_cancelled(self, engine):
        texts: list[str] = []
        with pytest.raises(AnswerCancelled):
            engine.answer(
                GREY, "take it", on_text=texts.append, is_cancelled=lambda: len(texts) == 3
            )
        assert len(texts) == 3

    def test_preparation_is_reported(self, folder):
        from rt_grasp_ros.model.checkpoint import Checkpoint
        from rt_grasp_ros.model.torch_backend.torch_engine import TorchEngine

        told = []
        settings = TorchSettings(device="cpu", acceleration="graphs")  # as they are on a CPU
        TorchEngine(Checkpoint.open(folder), settings, lambda *part: told.append(part))
        assert [done for _, done, count in told if done == count]
        assert any("draft" in what for what, _, _ in told)

    def test_weights_that_are_not_finite_are_noticed(self, folder, tmp_path):
        model = save_tiny_llava(tmp_path)
        model.lm_head.weight.data[7] = torch.inf
        model.save_pretrained(tmp_path)
        with pytest.raises(ModelNotFinite):
            load(tmp_path).answer(GREY, "grasp the mug")

    def test_an_answer_that_does_not_fit_says_so_and_the_next_one_is_given(
        self, engine, monkeypatch
    ):
        def too_large(*_):
            raise torch.OutOfMemoryError("CUDA out of memory")

        with monkeypatch.context() as patch:
            patch.setattr(StaticDecoder, "prefill", too_large)
            with pytest.raises(ModelOutOfMemory, match="an answer"):
                engine.answer(GREY, "grasp the handle")
        assert engine.answer(GREY, "grasp the handle")

    def test_a_tokenizer_that_is_missing_is_named(self, tmp_path):
        save_tiny_llava(tmp_path)
        (tmp_path / "tokenizer.json").unlink()
        with pytest.raises(CheckpointInvalid, match="tokenizer"):
            load(tmp_path)

    def test_a_gpu_is_insisted_on(self, folder, monkeypatch):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        with pytest.raises(GpuUnavailable):
            load_engine(folder, settings=EngineSettings(torch=TorchSettings(device="cuda")))

    @pytest.mark.gpu
    @pytest.mark.parametrize("acceleration", ["eager", "graphs", "compiled"])
    def test_every_acceleration_gives_an_answer_on_a_gpu(self, folder, acceleration):
        settings = TorchSettings("cuda", "nf4", acceleration=acceleration)
        engine = load_engine(folder, "torch", EngineSettings(torch=settings))
        assert engine.answer(GREY, "grasp the mug", max_candidates=3)


def test_the_saved_processor_prepares_what_our_code_prepares(picture):
    from transformers import AutoProcessor, LlavaProcessor

    import rt_grasp_ros.model.torch_backend.vision_tower  # noqa: F401  (registers the tower)
    from rt_grasp_ros.grasp.letterbox import to_pixel_values

    processor = AutoProcessor.from_pretrained(share_path("models/rt-grasp-tiny"))
    assert isinstance(processor, LlavaProcessor)
    boxed = letterbox(picture, 256)
    inputs = processor(
        images=boxed, text="USER: <image>\ngrasp the mug ASSISTANT:", return_tensors="np"
    )
    np.testing.assert_allclose(inputs["pixel_values"], to_pixel_values(boxed), atol=1e-5)
    image_id = processor.tokenizer.convert_tokens_to_ids("<image>")
    assert (inputs["input_ids"] == image_id).sum() == boxed.shape[0] * boxed.shape[1] // 256
