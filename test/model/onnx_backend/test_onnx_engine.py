import shutil
from itertools import pairwise

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rt_grasp_ros.grasp.errors import AnswerCancelled
from rt_grasp_ros.grasp.letterbox import letterbox, to_pixel_values
from rt_grasp_ros.language.prompt import Turn
from rt_grasp_ros.model.load_engine import load_engine
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.scene import random_scene

pytestmark = pytest.mark.sim

SCENE_OBJECTS = ("banana", "mug", "hammer")


@pytest.fixture(scope="module")
def engine():
    return load_engine(share_path("models/rt-grasp-tiny"), "onnx")


@pytest.fixture(scope="module")
def picture():
    with Cell(random_scene(3, SCENE_OBJECTS)) as cell:
        return cell.observe().rgb


def test_it_answers_with_reasoning_and_a_grasp_in_the_picture(engine, picture):
    (answer,) = engine.answer(picture, "grasp the banana")
    assert "banana" in answer.reasoning
    assert answer.rectangle is not None
    assert answer.rectangle.is_inside_image
    assert 0 < answer.score <= 1


def test_what_is_not_there_is_refused(engine, picture):
    for command in ("grasp the giraffe", "pick up the screwdriver"):
        (answer,) = engine.answer(picture, command, max_candidates=4)
        assert answer.rectangle is None, command


def test_candidates_differ_and_come_best_first(engine, picture):
    answers = engine.answer(picture, "grasp the mug", max_candidates=6)
    assert 1 <= len(answers) <= 6
    scores = [answer.score for answer in answers]
    assert scores == sorted(scores, reverse=True)
    for index, answer in enumerate(answers):
        for other in answers[:index]:
            assert answer.rectangle.overlap(other.rectangle) < 0.7


def test_the_same_question_has_the_same_candidates(engine, picture):
    first = engine.answer(picture, "grasp the mug", max_candidates=4)
    engine.answer(picture, "grasp the hammer", max_candidates=4)
    again = engine.answer(picture, "grasp the mug", max_candidates=4)
    assert [answer.rectangle for answer in again] == [answer.rectangle for answer in first]


def test_the_text_grows_while_it_is_written(engine, picture):
    texts: list[str] = []
    (answer,) = engine.answer(picture, "grasp the hammer", on_text=texts.append)
    assert len(texts) > 10
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert texts[-1].startswith(answer.reasoning)


def test_any_size_of_picture_is_answered(engine):
    for size in ((720, 1280), (224, 224), (640, 480), (48, 64)):
        image = np.full((*size, 3), 127, np.uint8)
        assert engine.answer(image, "grasp the apple")


def test_it_stops_between_tokens_when_cancelled(engine, picture):
    texts: list[str] = []
    with pytest.raises(AnswerCancelled):
        engine.answer(
            picture, "grasp the mug", on_text=texts.append, is_cancelled=lambda: len(texts) >= 3
        )
    assert len(texts) == 3


def test_earlier_turns_are_read(engine, picture):
    texts: list[str] = []
    engine.answer(picture, "grasp the mug", on_text=texts.append)
    history = [Turn("grasp the mug", texts[-1])]
    (answer,) = engine.answer(picture, "grasp the hammer", history=history)
    assert answer.reasoning


def test_a_known_picture_is_not_looked_at_again(picture, monkeypatch):
    engine = load_engine(share_path("models/rt-grasp-tiny"), "onnx")
    looked: list[int] = []
    start_reading = engine._start_prefix
    monkeypatch.setattr(
        engine, "_start_prefix", lambda picture: (looked.append(1), start_reading(picture))[1]
    )
    fresh = load_engine(share_path("models/rt-grasp-tiny"), "onnx")
    for command in ("grasp the mug", "grasp the hammer", "grasp the mug"):
        (again,), (first,) = engine.answer(picture, command), fresh.answer(picture, command)
        assert again.reasoning == first.reasoning
        assert (again.rectangle is None) == (first.rectangle is None)
    assert len(looked) == 1
    engine.answer(picture[::-1], "grasp the mug")
    assert len(looked) == 2


def bar_picture():
    """Return a dark bar upright on a light table, in the middle of 224 x 224 pixels."""
    rgb = np.full((224, 224, 3), (232, 228, 224), np.uint8)
    rgb[80:150, 100:124] = (40, 50, 110)
    return rgb


class _Counted:
    """Counts how often a graph is run."""

    def __init__(self, session):
        self.session, self.count = session, 0

    def run(self, *arguments):
        self.count += 1
        return self.session.run(*arguments)


def test_only_pictures_without_a_known_name_are_looked_at_in_a_mirror(picture):
    engine = load_engine(share_path("models/rt-grasp-tiny"), "onnx")
    steady = engine._reader._steady = _Counted(engine._reader._steady)
    engine.answer(picture, "grasp the mug")
    assert steady.count == 0
    engine.answer(np.full((224, 224, 3), 230, np.uint8), "grasp the mug")
    assert steady.count == 0
    across = engine.answer(bar_picture(), "grasp the pen")[0].rectangle
    assert steady.count == 1
    assert abs(across.x_px - 112) < 6


def test_a_checkpoint_of_before_is_read_without_the_mirror(engine, picture, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(share_path("models/rt-grasp-tiny"), older)
    (older / "onnx/picture_steadied.onnx").unlink()
    pixels = to_pixel_values(letterbox(picture, 256))
    same = load_engine(older, "onnx")._reader.embeddings(pixels)
    np.testing.assert_array_equal(same, engine._reader.embeddings(pixels))
    bar = to_pixel_values(letterbox(bar_picture(), 256))
    once = load_engine(older, "onnx")._reader.embeddings(bar)
    assert np.abs(once - engine._reader.embeddings(bar)).max() > 0.01


def test_a_dialogue_goes_on_where_it_stood(picture):
    engine = load_engine(share_path("models/rt-grasp-tiny"), "onnx")
    texts: list[str] = []
    engine.answer(picture, "grasp the mug", on_text=texts.append)
    prefix, prompt_ids = engine._look(picture, "the hammer", [Turn("grasp the mug", texts[-1])])
    logits = prefix.go_to(prompt_ids).copy()
    fresh = load_engine(share_path("models/rt-grasp-tiny"), "onnx")
    other, same_ids = fresh._look(picture, "the hammer", [Turn("grasp the mug", texts[-1])])
    np.testing.assert_allclose(logits, other.go_to(same_ids), atol=0.5)


def test_random_weights_answer_too(tmp_path):
    folder = tmp_path / "noise"
    shutil.copytree(share_path("models/rt-grasp-tiny"), folder)
    random = np.random.default_rng(0)
    for shard in folder.glob("*.safetensors"):
        noise = {
            name: random.normal(0.0, 0.5, tensor.shape).astype(tensor.dtype)
            for name, tensor in load_file(shard).items()
        }
        save_file({n: np.abs(t) if "var" in n else t for n, t in noise.items()}, shard)
    engine = load_engine(folder, "onnx")
    for seed in range(20):
        picture = random.integers(0, 256, (96, 128, 3), dtype=np.uint8)
        assert engine.answer(picture, f"grasp number {seed}", max_candidates=3)
