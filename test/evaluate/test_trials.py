import json
import os
from dataclasses import dataclass

import pytest

from rt_grasp_ros.data.parallel import WorkerLost
from rt_grasp_ros.evaluate.trials import Journal, run_trials
from rt_grasp_ros.grasp.errors import RequestInvalid

pytestmark = pytest.mark.sim

SETTINGS = {"seed": 1}


@dataclass(frozen=True)
class Counting:
    """Squares its index; may end its process or be interrupted."""

    index: int
    section: str = "squares"
    interrupt_at: int = -1
    crash_at: int = -1

    @property
    def key(self):
        return f"{self.section}/{self.index}"

    def run(self, bench):
        if self.index == self.interrupt_at:
            raise KeyboardInterrupt
        if self.index == self.crash_at:
            os._exit(3)
        return {"square": self.index**2, "process": os.getpid()}


def no_engine():
    return None


def run(journal, count=5, processes=1, on_done=lambda trial: None, **mischief):
    trials = [Counting(index, **mischief) for index in range(count)]
    return run_trials(trials, no_engine, journal, processes, on_done)


def test_rows_come_in_the_order_of_the_trials_and_each_is_told():
    told = []
    rows = run(Journal(None, SETTINGS), on_done=lambda trial: told.append(trial.index))
    assert [row["square"] for row in rows] == [0, 1, 4, 9, 16]
    assert told == [0, 1, 2, 3, 4]


def test_processes_give_the_same_rows():
    rows = run(Journal(None, SETTINGS), processes=2)
    assert [row["square"] for row in rows] == [0, 1, 4, 9, 16]
    assert os.getpid() not in {row["process"] for row in rows}


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    path = tmp_path / "result.partial"
    with pytest.raises(KeyboardInterrupt):
        run(Journal(path, SETTINGS), interrupt_at=3)
    with path.open("a") as file:
        file.write('{"key": "squares/3", "ro')  # killed while writing
    journal = Journal(path, SETTINGS)
    assert sorted(journal.rows) == ["squares/0", "squares/1", "squares/2"]
    told = []
    rows = run(journal, interrupt_at=0, on_done=lambda trial: told.append(trial.index))
    assert [row["square"] for row in rows] == [0, 1, 4, 9, 16]
    assert sorted(told) == [0, 1, 2, 3, 4]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line.get("key") for line in lines[1:]] == [f"squares/{i}" for i in range(5)]
    journal.remove()
    assert not path.exists()


def test_rows_of_another_run_are_refused(tmp_path):
    path = tmp_path / "result.partial"
    run(Journal(path, SETTINGS))
    with pytest.raises(RequestInvalid, match="another evaluation"):
        Journal(path, {"seed": 2})


def test_a_process_that_dies_ends_the_run(tmp_path):
    journal = Journal(tmp_path / "result.partial", SETTINGS)
    with pytest.raises(WorkerLost):
        run(journal, processes=2, crash_at=4)
