"""The embedded model on a CPU: onnxruntime, no torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ...grasp.errors import CheckpointInvalid
from ...grasp.letterbox import letterbox, to_pixel_values
from ...language.answer import Answer, parse_answer
from ...language.prompt import Turn
from ..checkpoint import Checkpoint
from ..decoding.drawn_candidates import DrawnNumbers, draw_candidates
from ..decoding.grammar import AnswerGrammar
from ..decoding.grasp_nms import DRAWS_PER_CANDIDATE
from ..decoding.n_gram_drafter import NGramDrafter
from ..decoding.prompt_tokens import MAX_NEW_TOKENS, PromptBudget, PromptTokens
from ..decoding.text_stream import telling
from ..engine import IsCancelled, OnText, stop_if
from ..freed_memory import give_freed_memory_back
from .decoder import Decoder, Floats
from .graphs import SERVED, Precision
from .greedy import write_greedily
from .number_sampling import draw_numbers
from .picture_reader import PictureReader
from .prefix_cache import PrefixCache, PrefixCaches

PICTURE_THREADS = 2
PROMPT_THREADS = 2
DECODER_THREADS = 1
"""More only wait for each other: a token's matrices are small."""


class OnnxEngine:
    """Runs a checkpoint's ONNX graphs with the weights of its safetensors."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        precision: Precision = SERVED,
        decoder_threads: int = DECODER_THREADS,
        drafter: NGramDrafter | None = None,
    ) -> None:
        """Load weights, graphs and tokenizer.

        Args:
            checkpoint: with graphs in it.
            precision: of the decoder's weights.
            decoder_threads: how many cores it may use.
            drafter: guesses ahead, and learns from each answer; None, since it is no faster
                where weights lie in the cache of the processor.

        Raises:
            CheckpointInvalid: a file is damaged, or the graphs do not fit the weights.
        """
        self.name = f"{checkpoint.folder.name} (onnxruntime, CPU, {precision.value})"
        weights = checkpoint.load_weights()
        try:
            text = checkpoint.config["text_config"]
            self._reader = PictureReader(checkpoint.folder, weights, PICTURE_THREADS)
            self._decoder = Decoder(
                checkpoint.folder,
                weights,
                checkpoint.config,
                precision,
                decoder_threads,
                PROMPT_THREADS,
            )
            self._tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
            self._grammar = AnswerGrammar.of(
                self._tokenizer, int(text["vocab_size"]), int(text["eos_token_id"])
            )
        except Exception as error:  # onnxruntime and tokenizers raise types of their own
            raise CheckpointInvalid(
                f"The checkpoint '{checkpoint.folder.name}' can't be run ({error}); fetch or build "
                "it again."
            ) from error
        self.trained_view = checkpoint.trained_view
        self._side_px = checkpoint.image_side_px
        self._pictures = PrefixCaches()
        self._budget = PromptBudget(self._tokenizer, self._decoder.capacity - MAX_NEW_TOKENS)
        self._drafter = drafter
        del weights
        give_freed_memory_back()

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
        prefix, prompt_ids = self._look(image_rgb, command, history)
        written = write_greedily(
            prefix,
            prefix.go_to(prompt_ids),
            self._grammar,
            self._drafter,
            on_tokens=telling(self._tokenizer, on_text),
            is_cancelled=is_cancelled,
        )
        if self._drafter is not None:
            self._drafter.learn(written.token_ids)
        text = self._tokenizer.decode(written.token_ids)
        best = parse_answer(text, width_px, height_px, written.score)
        if best.rectangle is None or max_candidates == 1:
            return [best]
        stop_if(is_cancelled)
        count, state = self._grammar.before_numbers(written.token_ids)
        words = written.token_ids[:count]
        logits = prefix.go_to([*prompt_ids, *words]).copy()
        drawn = self._draws(prefix, logits, state, DRAWS_PER_CANDIDATE * max_candidates)
        return draw_candidates(
            best, words, [drawn], self._tokenizer, (width_px, height_px), max_candidates
        )

    def _draws(
        self, prefix: PrefixCache, logits: Floats, state: int, count: int
    ) -> list[DrawnNumbers]:
        """Draw the numbers behind a prefix again and again.

        The draws begin alike for every command: the same question has the same candidates.
        """
        random = np.random.default_rng(0)
        start = len(prefix.token_ids)
        drawn = []
        for _ in range(count):
            prefix.go_back(start)
            drawn.append(draw_numbers(prefix, logits, self._grammar, state, random))
        return drawn

    def _look(
        self, image_rgb: NDArray[np.uint8], command: str, history: Sequence[Turn]
    ) -> tuple[PrefixCache, tuple[int, ...]]:
        """Return what was read about a picture, and the prompt's tokens behind it."""
        prefix = self._pictures.recall(letterbox(image_rgb, self._side_px), self._start_prefix)
        return prefix, self._budget.encode(prefix.beginning_length, command, history).after

    def _start_prefix(self, picture: NDArray[np.uint8]) -> PrefixCache:
        """Run a picture through the vision tower."""
        before = PromptTokens.encode(self._tokenizer, "").before
        visual = self._reader.embeddings(to_pixel_values(picture))
        return PrefixCache(self._decoder, np.concatenate([self._decoder.embed(before), visual]))
