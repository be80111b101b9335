"""Whether what is not on the table is refused, and what is on it is not: pictures, no motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ..grasp.error_code import ErrorCode
from ..language.unseen_commands import load_unseen_commands
from ..language.vocabulary import load_vocabulary
from ..metrics.rates import rate_fields
from ..pipeline.command_outcome import CommandOutcome
from ..rollout.simulated_pick import Oracle
from ..sim.cell import Cell
from .commands import Asking, Phrasing, draw_absent_command, draw_command
from .scenes import SceneKind, draw_scene
from .trials import Bench, Row


class Presence(StrEnum):
    """Whether what is asked for is there, and whether the model could know it."""

    PRESENT = "present"
    KNOWN_ABSENT = "known_absent"
    """An object that training shows, in other pictures."""
    TRAINED_NOUN = "trained_noun"
    """A thing that is never shown and whose noun training refuses."""
    UNKNOWN_NOUN = "unknown_noun"
    """A thing that is never shown and whose noun training never says."""


_REFUSALS = (
    ErrorCode.OBJECT_NOT_FOUND,
    ErrorCode.COMMAND_UNCLEAR,
    ErrorCode.COMMAND_NO_GRASP,
    ErrorCode.COMMAND_FOREIGN,
)
ABSENT = (Presence.KNOWN_ABSENT, Presence.TRAINED_NOUN, Presence.UNKNOWN_NOUN)


@dataclass(frozen=True, slots=True)
class Question:
    """One command about a picture and what was said to it.

    Attributes:
        command: the sentence.
        presence: whether it asks for something that is there.
        is_refused: whether it was refused as not being there.
        is_garbled: whether the answer could not be read.
        reasoning: what the answer said.
    """

    command: str
    presence: Presence
    is_refused: bool
    is_garbled: bool
    reasoning: str


@dataclass(frozen=True, slots=True)
class AbsenceTrial:
    """A random scene and five questions: two for what is there, three for what is not.

    Attributes:
        section: names the run that it is part of.
        seed: of that run.
        index: in that run; everything drawn depends on seed and index alone.
        scene_kind: what stands on the table.
    """

    section: str
    seed: int
    index: int
    scene_kind: SceneKind

    @property
    def key(self) -> str:
        """See `Trial`."""
        return f"{self.section}/{self.index}"

    def run(self, bench: Bench) -> Row:
        """Ask all five."""
        rng = np.random.default_rng((self.seed, self.index))
        with Cell(draw_scene(self.scene_kind, rng)) as cell:
            labels = cell.labels()
            seen = cell.observe()
            questions = []
            for asking in (Asking.NAME, Asking.PART):
                command = draw_command(labels, asking, Phrasing.TRAINED, rng)
                if command is not None:
                    engine = bench.engine or Oracle(command.label.rectangle)
                    outcome = bench.picker.find(seen, command.text, engine)
                    questions.append(_question(outcome, Presence.PRESENT))
            present = {label.object_name for label in labels}
            asking = (Asking.NAME, Asking.PART)[self.index % 2]
            for presence in ABSENT:
                text = draw_absent(presence, present, asking, rng)
                outcome = bench.picker.find(seen, text, bench.engine or Oracle(None))
                questions.append(_question(outcome, presence))
        return {
            "scene_seed": cell.scene.seed,
            "objects": [placed.name for placed in cell.scene.objects],
            "questions": [asdict(question) for question in questions],
        }


def summarise_absence(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the report of absence trials, ready for JSON; see `cell.summarise` for its form.

    Args:
        rows: from `AbsenceTrial.run`, at least one.
    """
    questions = [
        Question(**{**question, "presence": Presence(question["presence"])})
        for row in rows
        for question in row["questions"]
    ]

    def refusals(*presences: Presence) -> list[bool]:
        return [q.is_refused for q in questions if q.presence in presences]

    return {
        "scenes": len(rows),
        "questions": len(questions),
        **rate_fields("absent_refused_rate", refusals(*ABSENT)),
        **{
            key: value
            for presence in ABSENT
            for key, value in rate_fields(
                f"{presence.value}_refused_rate", refusals(presence)
            ).items()
        },
        **rate_fields("false_refusal_rate", refusals(Presence.PRESENT)),
        **rate_fields("garbled_rate", [q.is_garbled for q in questions]),
        "scenes_detail": list(rows),
    }


def draw_absent(
    presence: Presence, present: set[str], asking: Asking, rng: np.random.Generator
) -> str:
    """Draw a command for a thing that is not on the table; unknown things have no parts.

    Args:
        presence: one of `ABSENT`.
        present: names of the objects that are there.
        asking: whether a known object is asked for by its name or a part.
        rng: draws.
    """
    vocabulary = load_vocabulary()
    if presence is Presence.KNOWN_ABSENT:
        absent = [name for name in vocabulary.objects if name not in present]
        return draw_absent_command(absent[int(rng.integers(len(absent)))], asking, rng)
    is_trained = presence is Presence.TRAINED_NOUN
    nouns = vocabulary.absent_nouns if is_trained else load_unseen_commands().absent_nouns
    template = vocabulary.whole_commands[int(rng.integers(len(vocabulary.whole_commands)))]
    return template.format(o=nouns[int(rng.integers(len(nouns)))])


def _question(outcome: CommandOutcome, presence: Presence) -> Question:
    code = outcome.error_code
    is_refused, is_garbled = code in _REFUSALS, code is ErrorCode.MODEL_ANSWER_GARBLED
    reasoning = outcome.reasoning or outcome.error_message
    return Question(outcome.command, presence, is_refused, is_garbled, reasoning)
