"""How many tokens of each draft are right: at a stated share, or as in texts of a real model.

A model of random weights follows no template, and rounds a pass over five rows otherwise than a
pass over one, so that nothing foreseen would ever be right. What is right is therefore decided
beforehand and enforced on the device; all else of a pass is computed as always.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor
from transformers import LlavaForConditionalGeneration

from ..language.vocabulary import load_vocabulary
from ..model.checkpoint import Checkpoint
from ..model.decoding.grammar import AnswerGrammar
from ..model.decoding.n_gram_drafter import NGramDrafter, foreseen
from ..model.decoding.prefix import common_prefix
from ..model.torch_backend.draft_verifier import DraftVerifier
from ..model.torch_backend.static_decoding import StaticDecoder
from ..model.torch_backend.torch_engine import TorchEngine
from ..model.torch_settings import TorchSettings
from ..resources import given_or_shipped
from .drawn_pictures import drawn_questions

QUESTIONS = 24
_PASSES = 400
_CHECKPOINT = "models/rt-grasp-tiny"


@dataclass(frozen=True)
class Pass:
    """One pass over the model.

    Attributes:
        drafted: tokens of its draft; 0 for a step that writes one token.
        right: how many of them are right, from the first one on.
    """

    drafted: int
    right: int


@dataclass(frozen=True)
class DraftPlan:
    """Passes in order; from the last one it goes on with the first.

    Attributes:
        passes: at least one.
    """

    passes: tuple[Pass, ...]

    @property
    def tokens_per_pass(self) -> float:
        """Tokens that a pass writes on average."""
        return sum(one.right + 1 for one in self.passes) / len(self.passes)

    @property
    def right_share(self) -> float:
        """Share of the drafted tokens that are right, each looked at after those before it."""
        looked_at = sum(min(one.right + 1, one.drafted) for one in self.passes)
        return sum(one.right for one in self.passes) / max(1, looked_at)


def plan_at_share(share: float, length: int, seed: int = 0) -> DraftPlan:
    """Return drafts of one length, of whose tokens each is right with a probability."""
    is_right = np.random.default_rng(seed).random((_PASSES, length)) < share
    return DraftPlan(tuple(Pass(length, int(row.cumprod().sum())) for row in is_right))


def plan_of_texts(length: int, count: int = QUESTIONS) -> DraftPlan:
    """Return what the n-gram drafter foresees of the embedded checkpoint's answers.

    Args:
        length: of a draft at most.
        count: how many questions about drawn pictures it answers.

    Raises:
        CheckpointInvalid: the checkpoint is not there.
    """
    engine = TorchEngine(
        Checkpoint.open(given_or_shipped(_CHECKPOINT)), TorchSettings(device="cpu", drafts="off")
    )
    tokenizer, grammar = engine.tokenizer, engine.grammar
    drafter = NGramDrafter.of_templates(tokenizer, load_vocabulary())
    passes: list[Pass] = []
    for picture, command in drawn_questions(count):
        texts: list[str] = []
        engine.answer(picture, command, on_text=texts.append)
        ids = tokenizer.encode(texts[-1], add_special_tokens=False).ids
        place = 1  # the prompt brings the first one
        while place < len(ids):
            state = grammar.state_after(ids[:place])
            draft = foreseen(ids[:place], state, grammar, drafter, length)
            right = common_prefix(draft, ids[place:])
            passes.append(Pass(len(draft), right))
            place += right + 1
        drafter.learn(ids)
    return DraftPlan(tuple(passes))


class EnforcedVerifier(DraftVerifier):
    """Takes as many drafted tokens for right as a plan says; the rest is as ever."""

    def follow(self, plan: DraftPlan) -> None:
        """Keep a plan on the device; call before anything is recorded."""
        device = self._draft.device
        rights = torch.tensor([one.right for one in plan.passes if one.drafted], device=device)
        places = torch.arange(self.length, device=device)
        self._pattern = (places < rights[:, None]).long()
        self.done = torch.zeros(1, dtype=torch.long, device=device)

    def _agrees(self, chosen: Tensor) -> Tensor:
        row = self._pattern.index_select(0, self.done % len(self._pattern))[0]
        self.done.add_(1)
        return row


class EnforcedDecoder(StaticDecoder):
    """Decodes by a plan."""

    def __init__(
        self,
        llava: LlavaForConditionalGeneration,
        grammar: AnswerGrammar,
        capacity: int,
        plan: DraftPlan,
        acceleration: str,
    ) -> None:
        """Allocate everything; see `StaticDecoder`."""
        self._plan = plan
        length = max(one.drafted for one in plan.passes)
        super().__init__(llava, grammar, capacity, length, acceleration)

    def restart(self) -> None:
        """Begin the plan anew."""
        cast(EnforcedVerifier, self._verify).done.zero_()

    def _verifier(self, length: int) -> DraftVerifier:
        verifier = EnforcedVerifier(self._core, length, self._acceleration)
        verifier.follow(self._plan)
        return verifier
