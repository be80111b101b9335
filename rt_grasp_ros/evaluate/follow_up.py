"""Whether follow-up turns are obeyed: "a bit more to the left", "the other end", "no, the mug"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..grasp.rectangle import GraspRectangle
from ..language.answer import Answer
from ..language.grounding import Grounding, check_grounding
from ..language.prompt import Turn
from ..language.refinement import is_obeyed
from ..metrics.pointing import pointed_part
from ..metrics.rates import rate_fields
from ..pipeline.command_outcome import CommandOutcome
from ..rollout.simulated_pick import Oracle
from ..sim.cell import Cell
from ..sim.judge import judge
from ..sim.labels import PartLabel
from .asked import Asked, draw_changes, draw_redirections
from .commands import Asking, Command, Phrasing, draw_command, visible_labels
from .scenes import SceneKind, draw_scene
from .trials import Bench, Row


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One follow-up and what came of it.

    Attributes:
        kind: its name in `refinements.yaml`.
        command: the sentence.
        is_obeyed: whether the grasp was changed as asked, see `refinement.is_obeyed`; for another
            part or object, whether the jaws are around it.
        is_grasp: whether the changed rectangle is a grasp in space that the fingers have room for.
        grounding: value of `Grounding` of reasoning and numbers; None where there are none.
        before: the grasp that it was said of.
        after: the grasp that was answered, if any.
        reasoning: what the answer said, or why there was none.
    """

    kind: str
    command: str
    is_obeyed: bool
    is_grasp: bool
    grounding: str | None
    before: GraspRectangle
    after: GraspRectangle | None
    reasoning: str


@dataclass(frozen=True, slots=True)
class FollowUpTrial:
    """A random scene, a command about it, and follow-ups, each said right after that command.

    The first grasp is the model's own. Changes are asked for only where they leave a grasp that
    can be executed, as a person who sees the picture would.

    Attributes:
        section: names the run that it is part of.
        seed: of that run.
        index: in that run; what is drawn depends on seed, index and the model's first answer.
        scene_kind: what stands on the table.
        phrasing: of the follow-ups: trained or unseen.
        is_carried_out: whether the first change is carried out in the physics.
    """

    section: str
    seed: int
    index: int
    scene_kind: SceneKind
    phrasing: Phrasing
    is_carried_out: bool

    @property
    def key(self) -> str:
        """See `Trial`."""
        return f"{self.section}/{self.index}"

    def run(self, bench: Bench) -> Row:
        """Ask, and ask again."""
        rng = np.random.default_rng((self.seed, self.index))
        asking = (Asking.NAME, Asking.PART)[self.index % 2]
        while True:
            with Cell(draw_scene(self.scene_kind, rng)) as cell:
                command = draw_command(cell.labels(), asking, Phrasing.PLAIN, rng)
                if command is not None:
                    return self._dialogue(bench, cell, command, rng)

    def _dialogue(
        self, bench: Bench, cell: Cell, command: Command, rng: np.random.Generator
    ) -> Row:
        labels = visible_labels(cell.labels())
        seen, part_ids = cell.observe(), cell.part_ids()
        engine = bench.engine or Oracle(command.label.rectangle)
        first = bench.picker.find(seen, command.text, engine)
        row: Row = {
            "scene_seed": cell.scene.seed,
            "objects": [placed.name for placed in cell.scene.objects],
            "command": command.text,
            "follow_ups": [],
            "carried_out": None,
        }
        before = _rectangle_of(first)
        if before is None:
            return row
        history = (Turn(command.text, Answer(first.reasoning, before, 1.0).to_text()),)
        meant = _label_at(labels, pointed_part(part_ids, before)) or command.label

        def is_grasp(rectangle: GraspRectangle) -> bool:
            return bench.picker.is_grasp(seen, rectangle)

        changes = list(draw_changes(before, is_grasp, self.phrasing, rng))
        others = draw_redirections(labels, meant, self.phrasing, rng)
        for asked in (*changes, *others):
            engine = bench.engine or Oracle(asked.wanted)
            outcome = bench.picker.find(seen, asked.text, engine, history)
            row["follow_ups"].append(asdict(_judged(outcome, part_ids, asked, before)))
        if self.is_carried_out and changes:
            engine = bench.engine or Oracle(changes[0].wanted)
            pick = bench.picker.pick(cell, changes[0].text, engine, history)
            row["carried_out"] = {
                "kind": changes[0].kind,
                "lifted": judge(cell, meant.object_name).lifted,
                "error_message": pick.error_message,
            }
        return row


def summarise_follow_ups(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the report of follow-up trials, ready for JSON; see `cell.summarise` for its form.

    `refinement_obeyed_rate` counts follow-ups that are obeyed and still a grasp, `by_kind` has the
    same for each kind, `obeyed_rate` and `still_grasp_rate` have the two apart.
    `no_first_grasp_rate` counts scenes where the first command got no grasp to change.

    Args:
        rows: from `FollowUpTrial.run`, at least one.
    """
    done = [follow_up for row in rows for follow_up in row["follow_ups"]]
    carried_out = [row["carried_out"] for row in rows if row["carried_out"] is not None]
    grounded = [one["grounding"] for one in done if one["grounding"] is not None]

    def both(some: Sequence[Row]) -> dict[str, float | None]:
        obeyed = (one["is_obeyed"] and one["is_grasp"] for one in some)
        return rate_fields("refinement_obeyed_rate", obeyed)

    kinds = sorted({one["kind"] for one in done})
    return {
        "scenes": len(rows),
        "follow_ups": len(done),
        **both(done),
        **rate_fields("obeyed_rate", (one["is_obeyed"] for one in done)),
        **rate_fields("still_grasp_rate", (one["is_grasp"] for one in done)),
        **rate_fields("no_first_grasp_rate", (not row["follow_ups"] for row in rows)),
        **rate_fields("carried_out_lifted_rate", (one["lifted"] for one in carried_out)),
        **rate_fields("agreement_rate", (g == Grounding.AGREES.value for g in grounded)),
        **rate_fields("contradiction_rate", (g == Grounding.CONTRADICTS.value for g in grounded)),
        "by_kind": {
            kind: {"follow_ups": len(some), **both(some)}
            for kind in kinds
            if (some := [one for one in done if one["kind"] == kind])
        },
        "scenes_detail": list(rows),
    }


def _rectangle_of(outcome: CommandOutcome) -> GraspRectangle | None:
    return outcome.candidates[0].grasp.rectangle if outcome.candidates else None


def _judged(
    outcome: CommandOutcome, part_ids: NDArray[np.uint8], asked: Asked, before: GraspRectangle
) -> FollowUp:
    after = _rectangle_of(outcome)
    if after is None:
        reasoning = outcome.error_message
        return FollowUp(asked.kind, asked.text, False, False, None, before, None, reasoning)
    return FollowUp(
        kind=asked.kind,
        command=asked.text,
        is_obeyed=(
            pointed_part(part_ids, after) in asked.part_ids
            if asked.refinement is None
            else is_obeyed(asked.refinement, before, after)
        ),
        is_grasp=outcome.candidates[0].grasp.is_executable,
        grounding=check_grounding(outcome.reasoning, after).value,
        before=before,
        after=after,
        reasoning=outcome.reasoning,
    )


def _label_at(labels: Sequence[PartLabel], part_id: int) -> PartLabel | None:
    return next((label for label in labels if label.part_id == part_id), None)
