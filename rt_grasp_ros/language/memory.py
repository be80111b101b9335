"""Dialogues in progress: ids given out and what was said under them."""

from __future__ import annotations

import uuid
from collections import OrderedDict, deque

from ..grasp.errors import DialogueUnknown
from .prompt import Turn

MAX_TURNS = 8
"""Turns remembered of one dialogue, the latest ones."""


class DialogueMemory:
    """Remembers the latest dialogues, so that a follow-up means something."""

    def __init__(self, capacity: int = 64) -> None:
        """Start with no dialogue.

        Args:
            capacity: how many dialogues are kept; the one used longest ago goes first.
        """
        self._capacity = capacity
        self._dialogues: OrderedDict[str, deque[Turn]] = OrderedDict()

    def enter(self, dialogue_id: str) -> str:
        """Start a dialogue or go on with one, and return its id.

        Args:
            dialogue_id: empty to start one.

        Raises:
            DialogueUnknown: no such id was given out, or it was forgotten.
        """
        if not dialogue_id:
            dialogue_id = uuid.uuid4().hex
            self._dialogues[dialogue_id] = deque(maxlen=MAX_TURNS)
        self._turns(dialogue_id)
        self._dialogues.move_to_end(dialogue_id)
        while len(self._dialogues) > self._capacity:
            self._dialogues.popitem(last=False)
        return dialogue_id

    def add(self, dialogue_id: str, turn: Turn) -> None:
        """Remember what was said and answered.

        Raises:
            DialogueUnknown: no such id was given out, or it was forgotten.
        """
        self._turns(dialogue_id).append(turn)

    def turns(self, dialogue_id: str) -> tuple[Turn, ...]:
        """Return the latest turns of a dialogue, oldest first.

        Raises:
            DialogueUnknown: no such id was given out, or it was forgotten.
        """
        return tuple(self._turns(dialogue_id))

    def _turns(self, dialogue_id: str) -> deque[Turn]:
        if dialogue_id not in self._dialogues:
            raise DialogueUnknown(dialogue_id)
        return self._dialogues[dialogue_id]
