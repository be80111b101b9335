"""Which token may come next, so that every answer can be read: a state machine over token ids.

An answer is free words, then either `x 0.NNN y 0.NNN theta 0.NNN w 0.NNN` or `No grasp.`, then the
end. The machine also knows how many tokens each state needs to close, so that an answer that
would grow too long closes in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from ...language.answer import NO_GRASP
from ...language.codec import THOUSANDTHS
from .tokens import number_token

START = 0
"""The state before the first token."""

NOT_ALLOWED = -1

_LABELS = ("x", "y", "theta", "w")
NUMBERS = len(_LABELS)
"""In an answer with a grasp."""

_DIGITS = "0123456789"
_ANCHOR = "a"  # tokenizers treat the first word of a text in a way of their own


@dataclass(frozen=True, eq=False)
class AnswerGrammar:
    """The state machine; states are small integers.

    Attributes:
        next_state: (states, V) int16: the state after a token, or `NOT_ALLOWED`. The end token
            leads from a finished answer to itself.
        tokens_needed: (states,) int16: how many tokens close an answer, without the end token.
            From the words that is the longer way, with numbers, so that both ways are open.
        logit_mask: (states, V) float32: 0 where a token is allowed, else -inf; to add to logits.
        only_token: of each state the one token that is allowed, or `NOT_ALLOWED` where there is a
            choice: such a token is forced before the model is asked.
        number_states: states that the digits of the four numbers are written from.
    """

    next_state: NDArray[np.int16]
    tokens_needed: NDArray[np.int16]
    logit_mask: NDArray[np.float32]
    only_token: tuple[int, ...]
    number_states: frozenset[int]

    @classmethod
    def of(cls, tokenizer: Tokenizer, vocabulary_size: int, end_id: int) -> AnswerGrammar:
        """Build the machine for a tokenizer.

        A number may be one token (the embedded model's) or three digits (LLaMA's).

        Args:
            tokenizer: of the checkpoint.
            vocabulary_size: how many logits the model has.
            end_id: token that ends an answer.

        Raises:
            ValueError: the tokenizer writes numbers in another way.
        """
        builder = _Builder(tokenizer, vocabulary_size, end_id)
        next_state = np.stack(builder.rows)
        allowed = next_state != NOT_ALLOWED
        only = np.where(allowed.sum(axis=1) == 1, allowed.argmax(axis=1), NOT_ALLOWED)
        return cls(
            next_state=next_state,
            tokens_needed=np.array(builder.needed, dtype=np.int16),
            logit_mask=np.where(allowed, np.float32(0), np.float32(-np.inf)),
            only_token=tuple(only.tolist()),
            number_states=frozenset(builder.number_states),
        )

    @classmethod
    def free(cls, vocabulary_size: int) -> AnswerGrammar:
        """Return a machine that allows everything and never ends, for measuring."""
        return cls(
            next_state=np.zeros((1, vocabulary_size), np.int16),
            tokens_needed=np.ones(1, np.int16),
            logit_mask=np.zeros((1, vocabulary_size), np.float32),
            only_token=(NOT_ALLOWED,),
            number_states=frozenset(),
        )

    def blocked_within(self, state: int, remaining: int) -> NDArray[np.float32]:
        """Return what to add to the logits, shape (V,): 0 or -inf.

        Args:
            state: where the answer stands.
            remaining: how many tokens may still be written, at least `tokens_needed[state]`.
        """
        if remaining > self.tokens_needed[START]:  # no state needs more
            return self.logit_mask[state]
        following = self.next_state[state]
        in_time = (following != NOT_ALLOWED) & (self.tokens_needed[following] < remaining)
        if remaining == 0:  # only the end is left
            in_time = following == state
        return np.where(in_time, np.float32(0), np.float32(-np.inf))

    def advance(self, state: int, token_id: int) -> int:
        """Return the state after a token, `NOT_ALLOWED` where it may not come."""
        return int(self.next_state[state, token_id])

    def is_closed(self, state: int) -> bool:
        """Whether the answer is whole, so that only its end may come."""
        return int(self.tokens_needed[state]) == 0

    def with_forced(self, state: int, token_id: int) -> tuple[list[int], int]:
        """Return a token and those that must follow it, and the state after them.

        Args:
            state: before the token.
            token_id: one that is allowed.
        """
        token_ids = [token_id]
        state = self.advance(state, token_id)
        while not self.is_closed(state) and self.only_token[state] != NOT_ALLOWED:
            token_ids.append(self.only_token[state])
            state = self.advance(state, token_ids[-1])
        return token_ids, state

    def state_after(self, token_ids: Iterable[int]) -> int:
        """Return the state after the tokens of an answer, `NOT_ALLOWED` where it breaks off."""
        state = START
        for token_id in token_ids:
            if state != NOT_ALLOWED:
                state = self.advance(state, token_id)
        return state

    def before_numbers(self, token_ids: Sequence[int]) -> tuple[int, int]:
        """Return how many tokens of an answer stand before its first number, and the state there.

        Raises:
            ValueError: it has no number.
        """
        state = START
        for count, token_id in enumerate(token_ids):
            if state in self.number_states:
                return count, state
            state = self.advance(state, token_id)
        raise ValueError("the answer holds no number")


class _Builder:
    """Collects the machine's rows, from the end of an answer to its beginning."""

    def __init__(self, tokenizer: Tokenizer, vocabulary_size: int, end_id: int) -> None:
        self._tokenizer = tokenizer
        self._size = vocabulary_size
        self.rows: list[NDArray[np.int16]] = []
        self.needed: list[int] = []
        self.number_states: list[int] = []
        start = self._add_state({}, needed=0)  # filled in last
        closed = self._add_state({}, needed=0)
        self.rows[closed][end_id] = closed
        opening, refusal = self._encode(" x 0."), self._encode(f" {NO_GRASP}")
        numbers = self._add_numbers(closed)
        self.needed[start] = len(opening) + self.needed[numbers]
        self._add_words({tuple(opening): numbers, tuple(refusal): closed}, end_id)

    def _encode(self, text: str) -> list[int]:
        ids = self._tokenizer.encode(_ANCHOR + text, add_special_tokens=False).ids
        return list(ids[1:])

    def _known(self, tokens: Iterable[str]) -> list[int]:
        """Return the ids of those tokens that the tokenizer has."""
        ids = map(self._tokenizer.token_to_id, tokens)
        return [token_id for token_id in ids if token_id is not None]

    def _add_state(self, transitions: Mapping[int, int], needed: int) -> int:
        row = np.full(self._size, NOT_ALLOWED, dtype=np.int16)
        for token_id, state in transitions.items():
            row[token_id] = state
        self.rows.append(row)
        self.needed.append(needed)
        return len(self.rows) - 1

    def _add_numbers(self, closed: int) -> int:
        """Add the states from the first digit of x to the last of w; return the first."""
        following = closed
        for label in reversed(_LABELS):
            following = self._add_number(following, may_be_zero=label != "w")
            if label != _LABELS[0]:
                for token_id in reversed(self._encode(f" {label} 0.")):
                    needed = self.needed[following] + 1
                    following = self._add_state({token_id: following}, needed)
        return following

    def _add_number(self, following: int, may_be_zero: bool) -> int:
        """Add the states of one number; return the first."""
        needed = self.needed[following]
        whole = self._known(number_token(n) for n in range(THOUSANDTHS))
        if len(whole) == THOUSANDTHS:
            allowed = whole if may_be_zero else whole[1:]
            first = self._add_state(dict.fromkeys(allowed, following), needed + 1)
            self.number_states.append(first)
            return first
        digits = self._known(_DIGITS)
        if len(digits) < len(_DIGITS) or self._encode(" 0.123")[-3:] != digits[1:4]:
            raise ValueError("the tokenizer writes numbers neither whole nor digit by digit")
        after_zeros = after_others = following
        for place in (3, 2, 1):
            needed += 1
            others = dict.fromkeys(digits, after_others)
            zeros = {**others, digits[0]: after_zeros}
            if place == 3 and not may_be_zero:
                del zeros[digits[0]]
            after_others = self._add_state(others, needed)
            after_zeros = self._add_state(zeros, needed)
            self.number_states += [after_others, after_zeros]
        return after_zeros

    def _add_words(self, closings: Mapping[tuple[int, ...], int], end_id: int) -> None:
        """Fill `START` and add a state for each beginning of a phrase that ends the words.

        Args:
            closings: phrases, as token ids, and the states that they lead to.
            end_id: token that ends an answer.
        """
        begun: dict[tuple[int, ...], int] = {(): START}
        for phrase, goal in closings.items():
            for length in range(1, len(phrase)):
                needed = len(phrase) - length + self.needed[goal]
                begun[phrase[:length]] = self._add_state({}, needed)
        words = {state: read for read, state in begun.items()}
        begun |= closings
        added = self._tokenizer.get_added_tokens_decoder().items()
        never = [end_id, *(token_id for token_id, token in added if token.special)]
        in_use = min(self._size, self._tokenizer.get_vocab_size())
        for state, read in words.items():
            self.rows[state][:in_use] = START
            for token_id in {token_id for phrase in closings for token_id in phrase}:
                self.rows[state][token_id] = begun[_longest_end((*read, token_id), begun)]
            self.rows[state][never] = NOT_ALLOWED


def _longest_end(read: Sequence[int], begun: Mapping[tuple[int, ...], int]) -> tuple[int, ...]:
    """Return the longest end of what was read that is the beginning of a phrase."""
    return next(tuple(read[n:]) for n in range(len(read) + 1) if tuple(read[n:]) in begun)
