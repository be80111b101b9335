"""Dialogues in progress: ids given out and what was said under them."""

from __future__ import annotations

import uuid
from collections import OrderedDict

from ..grasp.errors import DialogueUnknown


class DialogueMemory:
    """Remembers the commands of the latest dialogues, so that an id means something later."""

    def __init__(self, capacity: int = 64) -> None:
        """Start with no dialogue.

        Args:
            capacity: how many dialogues are kept; the one used longest ago goes first.
        """
        self._capacity = capacity
        self._commands: OrderedDict[str, list[str]] = OrderedDict()

    def enter(self, dialogue_id: str, command: str) -> str:
        """Add a command to a dialogue and return its id.

        Args:
            dialogue_id: empty to start a dialogue.
            command: what the user said.

        Raises:
            DialogueUnknown: no such id was given out, or it was forgotten.
        """
        if not dialogue_id:
            dialogue_id = uuid.uuid4().hex
            self._commands[dialogue_id] = []
        elif dialogue_id not in self._commands:
            raise DialogueUnknown(dialogue_id)
        self._commands[dialogue_id].append(command)
        self._commands.move_to_end(dialogue_id)
        while len(self._commands) > self._capacity:
            self._commands.popitem(last=False)
        return dialogue_id

    def commands(self, dialogue_id: str) -> tuple[str, ...]:
        """Return what was said in a dialogue, in order.

        Raises:
            DialogueUnknown: no such id was given out, or it was forgotten.
        """
        if dialogue_id not in self._commands:
            raise DialogueUnknown(dialogue_id)
        return tuple(self._commands[dialogue_id])
