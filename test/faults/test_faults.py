"""The fault table itself: a row that does not hold is seen, wherever it comes from."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.faults.__main__ import main
from benchmarks.faults.commands import slope
from benchmarks.faults.fuzz import fuzzed_commands
from benchmarks.faults.lateness import Lateness
from benchmarks.faults.row import Row, markdown, row_from_json
from benchmarks.faults.runner import run_cases
from benchmarks.faults.trial import Case

pytestmark = [pytest.mark.ros, pytest.mark.sim]

FINE = Row(
    family="camera",
    name="camera drops",
    fault="a relay",
    stage="answering",
    happened="FRAME_STALE",
    time_to_correct_answer_s=1.25,
    hung=False,
    arm_moved_rad=0.001,
    attempts=2,
    attempts_lost=0,
    problems=(),
    duration_s=3.0,
)


class ChainStandIn:
    """Nodes to which nothing happens."""

    closed = 0

    def mend(self):
        pass

    def is_at_home(self):
        return True

    def close(self):
        ChainStandIn.closed += 1


def case(name, run, deadline_s=5.0):
    return Case("stand-in", name, "none", "never", run, deadline_s)


def recovers(trial):
    trial._right_s = time.monotonic()


def rows_in(folder):
    return [row_from_json(row) for row in json.loads((folder / "table.json").read_text())["rows"]]


@pytest.mark.parametrize(
    "flaw",
    [
        {"time_to_correct_answer_s": None},
        {"hung": True},
        {"arm_moved_rad": 0.0101},
        {"attempts_lost": 1},
        {"problems": ("the answer was wrong",)},
    ],
)
def test_one_flaw_is_enough_for_a_row_not_to_hold(flaw):
    row = row_from_json(FINE.to_json() | flaw)
    assert FINE.holds
    assert not row.holds
    assert "0 of 1 rows hold" in markdown([row])
    assert "1 of 2 rows hold" in markdown([FINE, row])


def test_the_exit_code_is_zero_only_where_every_row_holds(tmp_path):
    good, bad = case("good", recovers), case("never right", lambda trial: None)
    assert run_cases([good], tmp_path, ChainStandIn) == 0
    assert run_cases([good, bad], tmp_path, ChainStandIn) == 1
    assert [row.holds for row in rows_in(tmp_path)] == [True, False]
    assert "1 of 2 rows hold" in (tmp_path / "table.md").read_text()


def test_a_row_that_hangs_is_ended_and_gets_new_nodes(tmp_path):
    hanging = case("hangs", lambda trial: time.sleep(60.0), deadline_s=0.2)
    closed = ChainStandIn.closed
    start_s = time.monotonic()
    assert run_cases([hanging, case("good", recovers)], tmp_path, ChainStandIn) == 1
    assert time.monotonic() - start_s < 10.0
    assert ChainStandIn.closed == closed + 2
    assert [(row.hung, row.holds) for row in rows_in(tmp_path)] == [(True, False), (False, True)]


def test_a_row_that_fails_on_a_machine_that_is_too_slow_is_tried_again(tmp_path, monkeypatch):
    tries, late_s = [], iter([0.0, 1.5, 0.0, 0.01])
    monkeypatch.setattr(Lateness, "take_longest_s", lambda _: next(late_s))

    def holds_at_last(trial):
        tries.append(1)
        trial.require(len(tries) == 2, "the arm moved")
        recovers(trial)

    assert run_cases([case("stop", holds_at_last)], tmp_path, ChainStandIn) == 0
    assert len(tries) == 2


def test_a_row_that_fails_on_a_machine_that_is_fast_enough_is_not(tmp_path, monkeypatch):
    tries = []
    monkeypatch.setattr(Lateness, "take_longest_s", lambda _: 0.2)
    assert run_cases([case("stop", tries.append)], tmp_path, ChainStandIn) == 1
    assert len(tries) == 1


def test_a_row_says_that_the_machine_was_too_slow(tmp_path, monkeypatch):
    monkeypatch.setattr(Lateness, "take_longest_s", lambda _: 1.5)
    assert run_cases([case("stop", lambda trial: None)], tmp_path, ChainStandIn) == 1
    assert "the machine was 1.5 s late" in (tmp_path / "table.md").read_text()


def test_lateness_is_by_how_much_a_thread_overslept():
    lateness = Lateness()
    time.sleep(0.1)
    lateness.close()
    assert 0.0 < lateness.take_longest_s() < 30.0
    assert lateness.take_longest_s() == 0.0


def test_a_run_that_is_killed_keeps_its_rows(tmp_path):
    def is_killed(trial):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_cases([case("good", recovers), case("killed", is_killed)], tmp_path, ChainStandIn)
    kept = rows_in(tmp_path)
    assert [row.name for row in kept] == ["good"]
    never = case("good", lambda trial: pytest.fail("done already"))
    assert run_cases([never], tmp_path, ChainStandIn, kept) == 0


def test_rows_are_listed_and_chosen_by_name(capsys):
    assert main(["--list", "--only", "cell killed"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and all("cell killed while" in line for line in lines)
    with pytest.raises(SystemExit):
        main(["--only", "no such row"])


def test_row_names_are_unique(capsys):
    main(["--list"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(set(lines)) > 35


def test_fuzzed_commands_are_of_every_kind_and_the_same_every_time():
    commands = fuzzed_commands(100, seed=3)
    assert commands == fuzzed_commands(100, seed=3) != fuzzed_commands(100, seed=4)
    assert len(set(commands)) > 60
    assert any(not command.strip() for command in commands)
    assert any(len(command) >= 10_000 for command in commands)
    assert any("\x1b" in command or "\x07" in command for command in commands)


def test_a_slope_is_what_a_series_grows_by():
    assert slope([5.0, 7.0, 9.0, 11.0]) == pytest.approx(2.0)


def test_two_real_rows_of_which_one_does_not_hold(tmp_path):
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("one_good_one_bad.py"), tmp_path],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        capture_output=True,
        text=True,
        timeout=250.0,
        check=False,
    )
    assert done.returncode == 1 and (tmp_path / "table.json").exists(), done.stderr
    good, bad = rows_in(tmp_path)
    assert good.holds, good
    assert not bad.holds
    assert bad.happened == "INTRINSICS_INVALID"
    assert not (bad.hung or bad.attempts_lost) and bad.time_to_correct_answer_s is not None
