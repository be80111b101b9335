"""Guessed tokens change how long an answer takes, and not a token of it."""

import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import AnswerCancelled
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.model.checkpoint import Checkpoint
from rt_grasp_ros.model.decoding.n_gram_drafter import NGramDrafter
from rt_grasp_ros.model.onnx_backend.graphs import Precision
from rt_grasp_ros.model.onnx_backend.greedy import write_greedily
from rt_grasp_ros.model.onnx_backend.onnx_engine import OnnxEngine
from rt_grasp_ros.resources import share_path
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.scene import random_scene

SCENES = 10
ABSENT = "giraffe"

pytestmark = pytest.mark.sim


class Lies:
    """Guesses noise."""

    def __init__(self, size):
        self.random, self.size = np.random.default_rng(0), size

    def draft(self, token_ids):
        return self.random.integers(0, self.size, 3).tolist()


@pytest.fixture(scope="module")
def engine():
    # In float32: with 8-bit activations a tie can fall either way by how many rows are multiplied.
    return OnnxEngine(Checkpoint.open(share_path("models/rt-grasp-tiny")), Precision.FLOAT32)


@pytest.fixture(scope="module")
def questions():
    """Return pictures of scenes, and commands about each object in them and one that is not."""
    asked = []
    for seed in range(SCENES):
        scene = random_scene(seed, count=4)
        with Cell(scene) as cell:
            picture = cell.observe().rgb
        names = [placed.name for placed in scene.objects]
        asked += [(picture, f"grasp the {name}") for name in [*names, ABSENT]]
    return asked


def write(engine, picture, command, drafter=None, **options):
    prefix, prompt_ids = engine._look(picture, command, ())
    logits = prefix.go_to(prompt_ids)
    return write_greedily(prefix, logits, engine._grammar, drafter, **options)


def test_guesses_change_no_token(engine, questions):
    book = NGramDrafter.of_templates(engine._tokenizer, load_vocabulary())
    lies = Lies(engine._decoder.vocabulary_size)
    answers = set()
    for picture, command in questions:
        plain = write(engine, picture, command)
        guessed = write(engine, picture, command, book)
        assert guessed.token_ids == plain.token_ids
        assert guessed.log_prob == pytest.approx(plain.log_prob, abs=0.02)
        assert write(engine, picture, command, lies).token_ids == plain.token_ids
        book.learn(plain.token_ids)
        answers.add(tuple(plain.token_ids))
    assert len(answers) > SCENES


def test_right_guesses_save_runs(engine, questions):
    pieces: list[list[int]] = []
    plain = write(engine, *questions[0], on_tokens=pieces.append)
    assert [token_id for piece in pieces for token_id in piece] == plain.token_ids
    book = NGramDrafter()
    book.learn(plain.token_ids)
    fewer: list[list[int]] = []
    write(engine, *questions[0], book, on_tokens=fewer.append)
    assert [token_id for piece in fewer for token_id in piece] == plain.token_ids
    assert len(fewer) < len(pieces) / 2


def test_it_stops_when_cancelled(engine, questions):
    with pytest.raises(AnswerCancelled):
        write(engine, *questions[0], is_cancelled=lambda: True)
