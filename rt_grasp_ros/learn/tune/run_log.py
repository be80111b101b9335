"""The curves of a run: JSON lines for programs, TensorBoard for people."""

from __future__ import annotations

import json
from pathlib import Path

from tensorboardX import SummaryWriter


class RunLog:
    """Writes one line and one set of points a step."""

    def __init__(self, work_dir: Path, steps_done: int) -> None:
        """Open the files; lines of steps that a killed run took after its last save go.

        Args:
            work_dir: holds `log.jsonl` and `tensorboard/`.
            steps_done: from where the run goes on.
        """
        self.path = work_dir / "log.jsonl"
        kept = []
        if self.path.exists():
            kept = [
                line
                for line in self.path.read_text(encoding="utf-8").splitlines(keepends=True)
                if line.endswith("\n") and json.loads(line)["step"] <= steps_done
            ]
        self.path.write_text("".join(kept), encoding="utf-8")
        self._board = SummaryWriter(str(work_dir / "tensorboard"), purge_step=steps_done + 1)

    def __call__(self, step: int, values: dict[str, float]) -> None:
        """Write the values of a step."""
        rounded = {name: float(f"{value:.5g}") for name, value in values.items()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **rounded}) + "\n")
        for name, value in values.items():
            self._board.add_scalar(name, value, step)

    def close(self) -> None:
        """Flush what TensorBoard reads."""
        self._board.close()
