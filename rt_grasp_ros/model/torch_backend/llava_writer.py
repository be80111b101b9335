"""Writing answers with a LLaVA on static tensors, reading nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration, StaticCache

from ..decoding.grammar import AnswerGrammar
from ..decoding.n_gram_drafter import Drafter, foreseen
from ..decoding.prefix import common_prefix
from ..decoding.prompt_tokens import PromptTokens
from ..decoding.written_answer import WrittenAnswer
from ..engine import IsCancelled, stop_if
from .picture_reader import PictureReader
from .static_core import Chosen
from .static_decoding import StaticDecoder

OnTokens = Callable[[Sequence[int]], None]


@dataclass
class _Held:
    """What the decoder's cache holds.

    Attributes:
        picture: tells pictures apart.
        before: prompt tokens before it.
        start: places up to the picture's end.
        after: tokens behind it, those of the answer among them.
        prompt_length: places of the prompt.
    """

    picture: bytes = b""
    before: tuple[int, ...] = ()
    start: int = 0
    after: list[int] = field(default_factory=list)
    prompt_length: int = 0

    def shares(self, picture: bytes, tokens: PromptTokens) -> int:
        """Return how many tokens behind the picture a prompt shares; -1 where not even that."""
        if (picture, tokens.before) != (self.picture, self.before):
            return -1
        return common_prefix(self.after, tokens.after[:-1])


class LlavaWriter:
    """Reads a picture once, every prompt as far as it is new, and writes greedily."""

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        decoder: StaticDecoder,
        grammar: AnswerGrammar,
        max_new_tokens: int,
        drafter: Drafter | None = None,
        read_picture: PictureReader | None = None,
    ) -> None:
        """Start with nothing read.

        Args:
            llava: the model.
            decoder: runs its language model.
            grammar: of its tokenizer.
            max_new_tokens: within which an answer ends.
            drafter: guesses drafts; None for those only that the grammar knows.
            read_picture: turns pixels into tokens; None for one that records nothing.
        """
        self._llava = llava
        self._decoder = decoder
        self._grammar = grammar
        self._max_new_tokens = max_new_tokens
        self._drafter = drafter
        self._held = _Held()
        self._read_picture = read_picture or PictureReader(llava)

    @property
    def cache(self) -> StaticCache:
        """Keys and values of the latest prompt and answer."""
        return self._decoder.cache

    @property
    def prompt_length(self) -> int:
        """Places of the latest prompt, those of the picture among them."""
        return self._held.prompt_length

    @torch.no_grad()
    def write(
        self,
        picture: bytes,
        pixel_values: Callable[[], Tensor],
        tokens: PromptTokens,
        on_tokens: OnTokens | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> WrittenAnswer:
        """Write the likeliest answer that the grammar allows.

        Args:
            picture: tells pictures apart.
            pixel_values: returns the tower's input, (1, 3, h, w) float32; asked where the picture
                is new.
            tokens: the prompt.
            on_tokens: called with new tokens as they come.
            is_cancelled: asked between tokens.

        Raises:
            AnswerCancelled: `is_cancelled` said yes.
        """
        answer = WrittenAnswer()
        chosen = self._read(picture, pixel_values, tokens)
        try:
            while True:
                taken = _take(answer, chosen, self._grammar)
                if on_tokens is not None:
                    on_tokens(taken)
                if self._grammar.is_closed(answer.state):
                    return answer
                stop_if(is_cancelled)
                chosen = self._next(answer)
        finally:
            self._held.after += answer.token_ids[:-1]  # the last one has not been read yet

    def _read(
        self, picture: bytes, pixel_values: Callable[[], Tensor], tokens: PromptTokens
    ) -> Chosen:
        """Read what is new of a prompt; return the answer's first token."""
        same = self._held.shares(picture, tokens)
        embed = self._llava.get_input_embeddings()
        held_start, self._held = self._held.start, _Held()  # in case reading fails
        if same < 0:
            visual = self._read_picture(pixel_values())
            parts = [embed(self._ids(tokens.before)), visual, embed(self._ids(tokens.after))]
            start, held_start = 0, len(tokens.before) + visual.shape[1]
        else:
            parts = [embed(self._ids(tokens.after[same:]))]
            start = held_start + same
        chosen = self._decoder.prefill(torch.cat(parts, dim=1), start, self._max_new_tokens)
        end = held_start + len(tokens.after)
        self._held = _Held(picture, tokens.before, held_start, list(tokens.after), end)
        return chosen

    def _ids(self, token_ids: Sequence[int]) -> Tensor:
        return torch.tensor([token_ids], device=self._llava.get_input_embeddings().weight.device)

    def _next(self, answer: WrittenAnswer) -> Chosen:
        """Return at least one more token."""
        drafts = self._decoder.drafts
        draft = foreseen(
            answer.token_ids, answer.state, self._grammar, self._drafter, drafts.length
        )
        if len(draft) < drafts.least:
            draft = []
        if draft and not self._decoder.is_under_way:
            return self._decoder.verify(draft)
        return self._decoder.step(go_on=self._decoder.runs_ahead and not draft)


def _take(answer: WrittenAnswer, chosen: Chosen, grammar: AnswerGrammar) -> list[int]:
    """Append tokens up to the answer's end and return those appended."""
    before = len(answer.token_ids)
    for token_id, log_prob in zip(chosen.token_ids, chosen.log_probs, strict=True):
        if grammar.is_closed(answer.state):
            break
        answer.append(token_id, grammar, partial(float, log_prob))
    return answer.token_ids[before:]
