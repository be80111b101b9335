"""The table of a run, and the survivors that are accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.mutants.journal import KILLED, SURVIVED, TOO_LONG, Outcome

LEAST_KILLED = 0.85


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was tried on one file.

    Attributes:
        file: relative to the package.
        mutants: how many it has.
        outcomes: of those that were tried.
    """

    file: str
    mutants: int
    outcomes: Sequence[Outcome]


def read_accepted(path: Path) -> dict[str, dict[str, str]]:
    """Return by file the accepted survivors: by the change, the reason."""
    return {
        file: dict(changes) for file, changes in (yaml.safe_load(path.read_text()) or {}).items()
    }


def killed_share(outcomes: Sequence[Outcome], accepted: Mapping[str, Mapping[str, str]]) -> float:
    """Return the share that was noticed of those that count: accepted survivors do not."""
    counted = [o for o in outcomes if not _is_accepted(o, accepted)]
    noticed = sum(outcome.result in (KILLED, TOO_LONG) for outcome in counted)
    return noticed / len(counted) if counted else 1.0


def markdown(
    reports: Sequence[FileReport], accepted: Mapping[str, Mapping[str, str]], seed: int
) -> str:
    """Return the table, then every survivor, with the reason where it is accepted."""
    lines = ["| file | mutants | tried | killed | accepted | survived | killed, % |"]
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    everything = [outcome for report in reports for outcome in report.outcomes]
    total = FileReport("all", sum(report.mutants for report in reports), everything)
    for report in [*reports, total]:
        survivors = [o for o in report.outcomes if o.result == SURVIVED]
        reviewed = sum(_is_accepted(o, accepted) for o in survivors)
        lines.append(
            f"| {report.file} | {report.mutants} | {len(report.outcomes)} "
            f"| {len(report.outcomes) - len(survivors)} | {reviewed} "
            f"| {len(survivors) - reviewed} "
            f"| {100 * killed_share(report.outcomes, accepted):.0f} |"
        )
    lines += ["", f"Drawn with the seed {seed}. Accepted survivors do not count.", ""]
    for outcome in everything:
        if outcome.result == SURVIVED:
            reason = accepted.get(outcome.file, {}).get(outcome.change, "**not accepted**")
            lines.append(f"- `{outcome.file}:{outcome.line}` `{outcome.change}`: {reason}")
    return "\n".join(lines)


def _is_accepted(outcome: Outcome, accepted: Mapping[str, Mapping[str, str]]) -> bool:
    return outcome.result == SURVIVED and outcome.change in accepted.get(outcome.file, {})
