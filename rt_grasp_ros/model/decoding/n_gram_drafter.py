"""Guessing how an answer goes on, from phrasings that are known: answers repeat each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Protocol

from tokenizers import Tokenizer

from ...language.phrasings import known_phrasings
from ...language.vocabulary import Vocabulary
from .grammar import NOT_ALLOWED, AnswerGrammar

CONTEXT_LENGTHS = (4, 3, 2)
MAX_GUESSES = 6
SURE_SHARE = 0.8


class Drafter(Protocol):
    """Guesses how an answer goes on."""

    def draft(self, token_ids: Sequence[int]) -> list[int]:
        """Return tokens that may follow; none where nothing is known."""
        ...


class NGramDrafter:
    """Counts which token followed which few tokens, and guesses where that is nearly certain.

    This is prompt look-up decoding over the templates of answers and whatever was learned since.
    Guesses are checked by the decoder (`write_greedily`), so that they may be wrong.
    """

    def __init__(self) -> None:
        """Start without any phrasing."""
        self._followers: defaultdict[tuple[int, ...], Counter[int]] = defaultdict(Counter)

    @classmethod
    def of_templates(cls, tokenizer: Tokenizer, vocabulary: Vocabulary) -> NGramDrafter:
        """Return a drafter that knows all templates of answers.

        Args:
            tokenizer: of the checkpoint.
            vocabulary: the words and templates.
        """
        drafter = cls()
        texts = list(known_phrasings(vocabulary))
        for encoding in tokenizer.encode_batch(texts, add_special_tokens=False):
            drafter.learn(encoding.ids)
        return drafter

    def learn(self, token_ids: Sequence[int]) -> None:
        """Remember a phrasing, such as an answer that was given."""
        for length in CONTEXT_LENGTHS:
            for end in range(length, len(token_ids)):
                self._followers[tuple(token_ids[end - length : end])][token_ids[end]] += 1

    def draft(self, token_ids: Sequence[int]) -> list[int]:
        """Return at most `MAX_GUESSES` tokens that nearly always followed the last ones.

        Args:
            token_ids: of the answer so far.
        """
        longest = CONTEXT_LENGTHS[0]
        recent = list(token_ids[-longest:])
        drafted: list[int] = []
        while len(drafted) < MAX_GUESSES:
            token_id = self._follower(recent)
            if token_id is None:
                break
            drafted.append(token_id)
            recent = [*recent, token_id][-longest:]
        return drafted

    def _follower(self, recent: Sequence[int]) -> int | None:
        for length in CONTEXT_LENGTHS:
            followers = self._followers.get(tuple(recent[-length:]))
            if followers is not None:
                token_id, count = followers.most_common(1)[0]
                return token_id if count >= SURE_SHARE * followers.total() else None
        return None


def foreseen(
    token_ids: Sequence[int],
    state: int,
    grammar: AnswerGrammar,
    drafter: Drafter | None,
    length: int,
) -> list[int]:
    """Guess how an answer goes on: what the grammar leaves no choice about, then the drafter's.

    Args:
        token_ids: of the answer so far.
        state: of the grammar after them.
        grammar: of the tokenizer.
        drafter: guesses words; None for none.
        length: of the draft at most.
    """
    draft: list[int] = []
    while not grammar.is_closed(state):
        token_id = grammar.only_token[state]
        if token_id == NOT_ALLOWED:
            break
        draft.append(token_id)
        state = grammar.advance(state, token_id)
    if drafter is not None:
        draft += drafter.draft([*token_ids, *draft])
    return draft[:length]
