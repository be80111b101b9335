"""The embedded model on a CPU: onnxruntime, no torch."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ..grasp.errors import AnswerCancelled, CheckpointInvalid
from ..language.answer import Answer, parse_answer
from ..language.codec import THOUSANDTHS
from ..language.prompt import Turn
from .checkpoint import DECODER_GRAPH, PICTURE_GRAPH, Checkpoint
from .engine import IsCancelled, OnText
from .letterbox import letterbox, to_pixel_values
from .prompt_tokens import MAX_NEW_TOKENS, PromptTokens
from .tokens import number_token, token_id

SAMPLING_ROUNDS_PER_CANDIDATE = 3
SAME_GRASP_OVERLAP = 0.6
EMBEDDINGS = "language_model.model.embed_tokens.weight"
PICTURE_WEIGHTS = ("vision_tower.", "multi_modal_projector.")
DECODER_WEIGHTS = (
    "language_model.model.layers.",
    "language_model.model.norm.",
    "language_model.lm_head.",
)
_MAX_THREADS = 4

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class _Writing:
    """Where a decoding stands: the tokens so far, and what the model has read."""

    ids: tuple[int, ...]
    logits: Floats
    cache: Floats
    log_prob: float = 0.0


class OnnxEngine:
    """Runs a checkpoint's ONNX graphs with the weights of its safetensors."""

    def __init__(self, checkpoint: Checkpoint):
        """Load weights, graphs and tokenizer.

        Raises:
            CheckpointInvalid: a file is damaged, or the graphs do not fit the weights.
        """
        self.name = f"{checkpoint.folder.name} (onnxruntime, CPU)"
        weights = checkpoint.load_weights()
        try:
            self._picture = _session(checkpoint, PICTURE_GRAPH, weights, PICTURE_WEIGHTS)
            self._decoder = _session(checkpoint, DECODER_GRAPH, weights, DECODER_WEIGHTS)
            self._tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
            self._embeddings = weights[EMBEDDINGS]
        except Exception as error:  # onnxruntime and tokenizers raise types of their own
            raise CheckpointInvalid(
                f"The checkpoint '{checkpoint.folder.name}' can't be run ({error}); fetch or build "
                "it again."
            ) from error
        self._side_px = checkpoint.image_side_px
        self._end_id = int(checkpoint.config["text_config"]["eos_token_id"])
        self._first_number_id = token_id(self._tokenizer, number_token(0))
        layers, _, _, heads, _, head_dim = self._decoder.get_inputs()[1].shape
        self._no_cache = np.zeros((layers, 2, 1, heads, 0, head_dim), np.float32)
        self._random = np.random.default_rng(0)

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Answer one command, see `GraspEngine.answer`."""
        height_px, width_px = image_rgb.shape[:2]
        start = self._read(image_rgb, command, history)
        turn, before_numbers = self._write_greedily(start, on_text, is_cancelled)
        score = math.exp(turn.log_prob / max(1, len(turn.ids)))
        best = parse_answer(self._text(turn), width_px, height_px, score)
        answers = [best]
        if best.rectangle is None or before_numbers is None:
            return answers
        for _ in range(SAMPLING_ROUNDS_PER_CANDIDATE * (max_candidates - 1)):
            _stop_if(is_cancelled)
            sampled, lost = self._sample_numbers(before_numbers)
            answer = parse_answer(self._text(sampled), width_px, height_px, score * lost)
            if answer.rectangle and _is_new(answer, answers):
                answers.append(replace(answer, reasoning=best.reasoning))
            if len(answers) == max_candidates:
                break
        return sorted(answers, key=lambda answer: -answer.score)

    def _read(
        self, image_rgb: NDArray[np.uint8], command: str, history: Sequence[Turn] = ()
    ) -> _Writing:
        """Run picture and command through the model."""
        pixels = to_pixel_values(letterbox(image_rgb, self._side_px))
        (picture,) = self._picture.run(None, {"pixel_values": pixels})
        ids = PromptTokens.encode(self._tokenizer, command, history)
        before, after = self._embeddings[list(ids.before)], self._embeddings[list(ids.after)]
        embeddings = np.concatenate([before, picture[0], after])[None]
        logits, cache = self._decoder.run(None, {"embeddings": embeddings, "past": self._no_cache})
        return _Writing((), logits[0], cache)

    def _step(self, turn: _Writing, token_id: int) -> _Writing:
        """Append a token."""
        embeddings = self._embeddings[token_id][None, None]
        logits, cache = self._decoder.run(None, {"embeddings": embeddings, "past": turn.cache})
        log_prob = turn.log_prob
        if not self._is_number(token_id):  # a number shares its probability with its neighbours
            log_prob += float(_log_softmax(turn.logits)[token_id])
        return _Writing((*turn.ids, token_id), logits[0], cache, log_prob)

    def _write_greedily(
        self, turn: _Writing, on_text: OnText | None, is_cancelled: IsCancelled | None
    ) -> tuple[_Writing, _Writing | None]:
        """Write to the end; also return the turn before the first number."""
        before_numbers: _Writing | None = None
        while len(turn.ids) < MAX_NEW_TOKENS:
            _stop_if(is_cancelled)
            token_id = int(turn.logits.argmax())
            if token_id == self._end_id:
                break
            if before_numbers is None and self._is_number(token_id):
                before_numbers = turn
            turn = self._step(turn, token_id)
            if on_text is not None:
                on_text(self._text(turn))
        return turn, before_numbers

    def _sample_numbers(self, turn: _Writing) -> tuple[_Writing, float]:
        """Write the numbers again with chance; also return how much less likely they are, 0..1."""
        lost, numbers = 0.0, 0
        while numbers < 4 and len(turn.ids) < MAX_NEW_TOKENS:
            token_id = int(turn.logits.argmax())
            if self._is_number(token_id):
                first = self._first_number_id
                log_probs = _log_softmax(turn.logits[first : first + THOUSANDTHS])
                drawn = int(self._random.choice(THOUSANDTHS, p=np.exp(log_probs)))
                lost += float(log_probs.max() - log_probs[drawn])
                token_id, numbers = first + drawn, numbers + 1
            turn = self._step(turn, token_id)
        return turn, math.exp(-lost / 4)

    def _is_number(self, token_id: int) -> bool:
        return self._first_number_id <= token_id < self._first_number_id + THOUSANDTHS

    def _text(self, turn: _Writing) -> str:
        return self._tokenizer.decode(list(turn.ids)).strip()


def _session(
    checkpoint: Checkpoint, graph: str, weights: dict[str, Floats], prefixes: tuple[str, ...]
) -> onnxruntime.InferenceSession:
    """Open a graph and hand it the weights it refers to."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_MAX_THREADS, os.cpu_count() or 1)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    names = [
        name
        for name in weights
        if name.startswith(prefixes) and not name.endswith("num_batches_tracked")
    ]
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weights[name]) for name in names]
    options.add_external_initializers(names, values)
    return onnxruntime.InferenceSession(
        str(checkpoint.folder / graph), options, providers=["CPUExecutionProvider"]
    )


def _stop_if(is_cancelled: IsCancelled | None) -> None:
    if is_cancelled is not None and is_cancelled():
        raise AnswerCancelled


def _log_softmax(logits: Floats) -> Floats:
    shifted = (logits - logits.max()).astype(np.float64)
    return np.asarray(shifted - np.log(np.exp(shifted).sum()), dtype=np.float64)


def _is_new(answer: Answer, known: list[Answer]) -> bool:
    """Whether a grasp differs from all known ones."""
    rectangle = answer.rectangle
    return rectangle is not None and all(
        other.rectangle is None or rectangle.overlap(other.rectangle) < SAME_GRASP_OVERLAP
        for other in known
    )
