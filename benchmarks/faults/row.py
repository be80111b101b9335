"""One row of the fault table, and the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

ARM_STILL_RAD = 0.01
"""How far a joint may move while nobody asks for it; the simulated arm sags by less."""


TOO_LATE_S = 0.25
"""A machine on which threads wake later than this can't keep what rows ask of a stop."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one fault.

    Attributes:
        family: the kind of fault, such as `processes`.
        name: unique.
        fault: what was done to the system.
        stage: what the system was doing then.
        happened: what was seen.
        time_to_correct_answer_s: from the fault until a command had its correct answer again, None
            where none came.
        hung: whether the row did not end within its deadline.
        arm_moved_rad: the furthest that a joint went while the arm had to stand, rad.
        attempts: commands sent.
        attempts_lost: commands without a reply in time, those aside whose perception node was
            killed: that is known at once.
        problems: what else speaks against the row; a sentence each.
        duration_s: of the whole row.
        late_s: how late a thread of the harness woke meanwhile, at the worst.
    """

    family: str
    name: str
    fault: str
    stage: str
    happened: str
    time_to_correct_answer_s: float | None
    hung: bool
    arm_moved_rad: float
    attempts: int
    attempts_lost: int
    problems: tuple[str, ...]
    duration_s: float
    late_s: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether all is as it has to be."""
        return (
            self.time_to_correct_answer_s is not None
            and not self.hung
            and self.arm_moved_rad <= ARM_STILL_RAD
            and self.attempts_lost == 0
            and not self.problems
        )

    @property
    def is_inconclusive(self) -> bool:
        """Whether it does not hold, and the machine was too slow to say that this is a fault."""
        return not self.holds and self.late_s > TOO_LATE_S

    def to_json(self) -> dict[str, Any]:
        """Return all fields and `holds`, ready for JSON."""
        return {**asdict(self), "holds": self.holds}


def row_from_json(fields: dict[str, Any]) -> Row:
    """Return the row that `Row.to_json` wrote."""
    values = {key: value for key, value in fields.items() if key != "holds"}
    return Row(**{**values, "problems": tuple(values["problems"])})


def markdown(rows: Sequence[Row]) -> str:
    """Return the table for people."""
    lines = [
        "| fault | while | what happened | correct answer after, s | arm moved, mrad "
        "| commands (lost) | holds |",
        "|---|---|---|---:|---:|---:|---|",
    ]
    for row in rows:
        after = row.time_to_correct_answer_s
        cells = (
            row.name,
            row.stage,
            "; ".join((row.happened, *(f"**{problem}**" for problem in row.problems))),
            "never" if after is None else f"{after:.1f}",
            f"{row.arm_moved_rad * 1000:.1f}",
            f"{row.attempts} ({row.attempts_lost})",
            _verdict(row),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    holding = sum(row.holds for row in rows)
    return "\n".join([*lines, "", f"{holding} of {len(rows)} rows hold."])


def _verdict(row: Row) -> str:
    if row.holds:
        return "yes"
    word = "**hung**" if row.hung else "**no**"
    return f"{word}; the machine was {row.late_s:.1f} s late" if row.is_inconclusive else word
