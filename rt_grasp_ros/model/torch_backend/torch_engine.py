"""LLaVA through PyTorch: the embedded checkpoint and LLaVA-1.5-7B, on a CPU or a GPU."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ...grasp.errors import CheckpointInvalid
from ...language.answer import Answer, parse_answer
from ...language.prompt import END_TOKEN, Turn
from ...language.vocabulary import load_vocabulary
from ..checkpoint import Checkpoint
from ..decoding.drawn_candidates import DrawnNumbers, draw_candidates
from ..decoding.grammar import AnswerGrammar
from ..decoding.n_gram_drafter import NGramDrafter
from ..decoding.prefix import picture_key
from ..decoding.prompt_tokens import MAX_NEW_TOKENS, PromptBudget, PromptTokens
from ..decoding.text_stream import telling
from ..decoding.tokens import token_id
from ..decoding.written_answer import WrittenAnswer
from ..engine import IsCancelled, OnText
from ..families.rt_grasp import FAMILY
from ..torch_settings import TorchSettings
from .acceleration import choose_acceleration
from .candidate_sampler import CandidateSampler
from .draft_choice import MEASURED_DRAFTS, DraftChoice
from .llava_picture import is_embedded, picture_preparation
from .llava_writer import LlavaWriter
from .load_llava import LoadedLlava, load_llava
from .picture_reader import PictureReader
from .static_core import OnProgress
from .static_decoding import StaticDecoder
from .torch_failures import device_name, memory_failures
from .warm_start import WarmStart

ROWS_AT_ONCE = 4
MAX_PLACES = 1280
"""Tokens of prompt and answer: 576 of a picture, 192 of an answer, and a few turns before it."""

DRAFT_TOKENS = {"none": 7, "int8": 7, "nf4": 4, "int4": 7}
"""Length of a draft where nothing was measured: steps that are neither recorded nor compiled."""
FIRST_START = "one to two minutes (60 to 90 s on an H100 and 16 cores)"


class TorchEngine:
    """Runs a checkpoint's LLaVA with a static cache, within the grammar of answers.

    Attributes:
        name: see `GraspEngine`.
        memory: bytes of the weights before and after quantising.
        tokenizer: of the checkpoint.
        grammar: of its answers.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        settings: TorchSettings,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Load a checkpoint and prepare its decoding steps.

        Args:
            checkpoint: the embedded one, or one in the layout of `llava-hf/llava-1.5-7b-hf`.
            settings: where and how.
            on_progress: told about the preparation of the steps, which takes minutes where they
                are compiled; standard error by default.

        Raises:
            CheckpointInvalid: a file is damaged, or of another architecture.
            GpuUnavailable: a GPU is insisted on and there is none.
            ModelNotLoaded: what quantising or merging needs is not installed.
            ModelOutOfMemory: it does not fit.
        """
        tell = on_progress or _say
        loaded = load_llava(checkpoint, settings, MAX_PLACES * (1 + ROWS_AT_ONCE), tell)
        self._device = loaded.device
        self.memory = loaded.memory
        self.trained_view = checkpoint.trained_view
        self.name = f"{checkpoint.folder.name} ({_how(loaded, settings)})"
        self._prepare = picture_preparation(checkpoint)
        self.tokenizer, self.grammar = _read_tokenizer(
            checkpoint, loaded.llava.lm_head.out_features
        )
        self._max_new_tokens = _max_new_tokens(checkpoint)
        limit = int(loaded.llava.config.text_config.max_position_embeddings)
        self._places = min(limit, MAX_PLACES)
        self._beginning = len(PromptTokens.encode(self.tokenizer, "").before)
        self._beginning += int(loaded.llava.config.image_seq_length)
        behind = self._max_new_tokens + max(MEASURED_DRAFTS) + 1
        self._budget = PromptBudget(self.tokenizer, self._places - behind)
        how = choose_acceleration(settings.acceleration, loaded.device)
        with memory_failures(self._device, "the cache of the model"):
            decoder = self._prepared_steps(loaded, settings, how, tell)
        self._drafter = NGramDrafter.of_templates(self.tokenizer, load_vocabulary())
        self._writer = LlavaWriter(
            loaded.llava,
            decoder,
            self.grammar,
            self._max_new_tokens,
            self._drafter,
            PictureReader(loaded.llava, how),
        )

    def _prepared_steps(
        self, loaded: LoadedLlava, settings: TorchSettings, how: str, on_progress: OnProgress
    ) -> StaticDecoder:
        """Return a decoder that is ready, and make the sampler of candidates ready beside it."""
        warm = WarmStart(loaded.device)
        hidden = loaded.llava.config.text_config
        key = f"{hidden.hidden_size}x{hidden.num_hidden_layers} {loaded.scheme} {how}"
        known = warm.recall(key)
        if how == "compiled":
            warm.keep_kernels()
            seconds = known.get("prepared_s")
            takes = f"about {seconds:.0f} s, as last time" if seconds else FIRST_START
            on_progress(f"compiling the steps takes {takes}", 0, 1)
        start_s = time.perf_counter()
        is_measured = settings.drafts == "auto" and how != "eager" and loaded.device.type == "cuda"
        if settings.drafts == "off":
            length = 0
        elif is_measured:
            length = int(known.get("draft_length", 0))
        else:
            length = DRAFT_TOKENS[loaded.scheme]
        decoder = StaticDecoder(loaded.llava, self.grammar, self._places, length, how)
        self._sampler = CandidateSampler(
            loaded.llava, self.grammar, self._places, ROWS_AT_ONCE, how
        )
        if how != "eager":
            for steps in (decoder, self._sampler):
                steps.warm_up(on_progress)
        if is_measured and "draft_length" in known:
            decoder.drafts = DraftChoice(length, int(known["draft_least"]))
        elif is_measured:
            decoder.choose_drafts(MEASURED_DRAFTS, on_progress)
        if how == "compiled" or is_measured:
            drafts = decoder.drafts
            kept = {"draft_length": drafts.length, "draft_least": drafts.least}
            seconds = round(time.perf_counter() - start_s, 1)
            warm.keep(key, {"prepared_s": seconds} | (kept if is_measured else {}))
        return decoder

    def answer(
        self,
        image_rgb: NDArray[np.uint8],
        command: str,
        max_candidates: int = 1,
        on_text: OnText | None = None,
        history: Sequence[Turn] = (),
        is_cancelled: IsCancelled | None = None,
    ) -> list[Answer]:
        """Answer one command, see `GraspEngine.answer`.

        Raises:
            CommandTooLong: the command leaves no room for an answer.
            ModelNotFinite: the model computed NaN or infinity.
            ModelOutOfMemory: this picture and command do not fit.
        """
        size_px = (image_rgb.shape[1], image_rgb.shape[0])
        with memory_failures(self._device, "an answer"):
            written = self._writer.write(
                picture_key(image_rgb),
                lambda: torch.from_numpy(self._prepare(image_rgb)),
                self._budget.encode(self._beginning, command, history),
                telling(self.tokenizer, on_text),
                is_cancelled,
            )
            best = parse_answer(self.tokenizer.decode(written.token_ids), *size_px, written.score)
            self._drafter.learn(written.token_ids)
            if best.rectangle is None or max_candidates == 1:
                return [best]
            return self._with_others(best, written, max_candidates, size_px)

    def _with_others(
        self, best: Answer, written: WrittenAnswer, max_candidates: int, size_px: tuple[int, int]
    ) -> list[Answer]:
        """Return the best answer and grasps drawn beside it, behind the same words."""
        count, state = self.grammar.before_numbers(written.token_ids)
        words = written.token_ids[:count]
        self._sampler.restart()
        draws = self._draws(words, state)
        return draw_candidates(best, words, draws, self.tokenizer, size_px, max_candidates)

    def _draws(self, words: Sequence[int], state: int) -> Iterator[list[DrawnNumbers]]:
        """Yield rows drawn at once behind an answer's words, again and again."""
        while True:
            rows = self._sampler.sample(
                self._writer.cache,
                self._writer.prompt_length + len(words) - 1,
                words[-1],
                state,
                self._max_new_tokens - len(words),
            )
            yield [DrawnNumbers(row.token_ids, -sum(row.log_probs)) for row in rows]


def _how(loaded: LoadedLlava, settings: TorchSettings) -> str:
    """Say where and how a checkpoint is run."""
    how = [f"torch, {device_name(loaded.device)}"]
    if loaded.scheme != "none":
        how.append(f"{loaded.scheme}: {loaded.memory}")
    if settings.adapter is not None:
        how.append(f"adapter {settings.adapter.name}")
    return ", ".join(how)


def _max_new_tokens(checkpoint: Checkpoint) -> int:
    """Return how long an answer may be: longer where digits are tokens of their own."""
    return MAX_NEW_TOKENS if is_embedded(checkpoint) else FAMILY.max_new_tokens


def _read_tokenizer(
    checkpoint: Checkpoint, vocabulary_size: int
) -> tuple[Tokenizer, AnswerGrammar]:
    """Read a tokenizer and work out its grammar.

    Args:
        checkpoint: where it lies.
        vocabulary_size: how many logits the model has; a few more than there are tokens.

    Raises:
        CheckpointInvalid: it is missing, damaged, or writes numbers in a way of its own.
    """
    try:
        tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
        end_id = token_id(tokenizer, END_TOKEN)
        return tokenizer, AnswerGrammar.of(tokenizer, vocabulary_size, end_id)
    except Exception as error:  # tokenizers raises types of its own
        raise CheckpointInvalid(
            f"The tokenizer of '{checkpoint.folder.name}' can't be used ({error}); fetch or build "
            "the checkpoint again."
        ) from error


def _say(what: str, done: int, count: int) -> None:
    print(f"{what} ({done} of {count})", file=sys.stderr, flush=True)
