"""What came of each mutant, kept so that an interrupted run goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

KILLED, SURVIVED, TOO_LONG = "killed", "survived", "too long"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutant.

    Attributes:
        file: relative to the package.
        stand: of the file and its tests, as `stand_of` has it.
        operator: which kind of change.
        occurrence: which of its places.
        line: where.
        change: what was changed.
        result: `KILLED` by a test, `TOO_LONG` for the tests' deadline (noticed, too), `SURVIVED`.
    """

    file: str
    stand: str
    operator: str
    occurrence: int
    line: int
    change: str
    result: str

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What it is known by."""
        return self.file, self.stand, self.operator, self.occurrence


class Journal:
    """Outcomes as JSON lines."""

    def __init__(self, path: Path) -> None:
        """Read what is there.

        Args:
            path: of the file; made with the first outcome.
        """
        self._path = path
        self._outcomes: dict[tuple[str, str, str, int], Outcome] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                outcome = Outcome(**json.loads(line))
                self._outcomes[outcome.key] = outcome

    def known(self, file: str, stand: str, operator: str, occurrence: int) -> Outcome | None:
        """Return what became of a mutant in this stand, None where it was not tried."""
        return self._outcomes.get((file, stand, operator, occurrence))

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome."""
        self._outcomes[outcome.key] = outcome
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as lines:
            lines.write(f"{json.dumps(asdict(outcome))}\n")


def stand_of(root: Path, file: Path, tests: Sequence[str]) -> str:
    """Return a digest of a file and its tests; outcomes of another one count no more."""
    digest = hashlib.sha256(file.read_bytes())
    for test in tests:
        path = root / test
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(each.read_bytes())
    return digest.hexdigest()[:16]
