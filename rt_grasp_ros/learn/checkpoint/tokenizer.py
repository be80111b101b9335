"""The embedded model's tokenizer: byte-level BPE with every three-digit number as one token."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from ...language.codec import THOUSANDTHS
from ...language.prompt import END_TOKEN, IMAGE_TOKEN
from ...model.decoding.tokens import number_token

PAD_TOKEN = "<pad>"  # noqa: S105
WORD_TOKENS = 1200


def train_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """Learn word pieces from texts; any other text still encodes, byte by byte."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=WORD_TOKENS,
        special_tokens=[PAD_TOKEN, END_TOKEN, IMAGE_TOKEN],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    numbers = [AddedToken(number_token(n), normalized=False) for n in range(THOUSANDTHS)]
    tokenizer.add_tokens([AddedToken(" 0.", normalized=False), *numbers])
    return tokenizer
