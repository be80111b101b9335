"""Finding the places that are changed, drawing from them, and the table."""

import json
from pathlib import Path

import pytest

from benchmarks.mutants.forked import run_tests
from benchmarks.mutants.journal import KILLED, SURVIVED, TOO_LONG, Journal, Outcome, stand_of
from benchmarks.mutants.mutation import mutations_of, sample
from benchmarks.mutants.table import FileReport, killed_share, markdown, read_accepted
from benchmarks.mutants.targets import targets

ROOT = Path(__file__).parents[2]
SOURCE = '''
"""Half of 4."""
from __future__ import annotations

LEAST_M = 0.05

def is_wide(width_m: float | None = 3, *, strict: bool) -> bool:
    return width_m > LEAST_M and all(zip((1,), (2,), strict=True))
'''


def changes(source):
    pytest.importorskip("cosmic_ray", reason="not run here: make mutants installs cosmic-ray")
    return [mutation.change for mutation in mutations_of(source)]


def test_numbers_are_changed_to_a_size_that_matters():
    assert [c for c in changes(SOURCE) if "LEAST_M =" in c] == [
        "LEAST_M = 0.05 -> LEAST_M = 0.005",
        "LEAST_M = 0.05 -> LEAST_M = 0.5",
    ]
    assert changes("COUNT = 12\n") == ["COUNT = 12 -> COUNT = 3", "COUNT = 12 -> COUNT = 48"]
    assert changes("PLACE = 1\n") == ["PLACE = 1 -> PLACE = 0", "PLACE = 1 -> PLACE = 2"]


def test_comparisons_and_conditions_are_changed_and_annotations_are_not():
    found = changes(SOURCE)
    assert any("width_m >= LEAST_M" in change for change in found)
    assert any("LEAST_M or all" in change for change in found)
    assert not any("strict=False" in change or "float &" in change for change in found)


def test_of_several_exceptions_one_with_a_dot_in_its_name_is_left_as_it_is():
    source = "try:\n    f()\nexcept (OSError, a.B):\n    pass\n"
    (change,) = (change for change in changes(source) if "except" in change)
    assert change.endswith("except (CosmicRayTestingException, a.B):")


def test_every_change_is_one_and_each_is_there_once():
    pytest.importorskip("cosmic_ray", reason="not run here: make mutants installs cosmic-ray")
    found = mutations_of(SOURCE)
    assert len({mutation.source for mutation in found}) == len(found)
    assert all(mutation.source != SOURCE for mutation in found)


def test_a_sample_is_the_same_for_the_same_seed():
    everything = list(range(100))
    assert sample(everything, 10, seed=1) == sample(everything, 10, seed=1)
    assert sample(everything, 10, seed=1) != sample(everything, 10, seed=2)
    assert len(set(sample(everything, 10, seed=1))) == 10
    assert sample(everything, 100, seed=1) == everything


def test_each_file_has_tests_of_its_own_or_those_of_its_room():
    chosen = targets(ROOT, ["grasp/lift.py", "sim/judge.py", "model/worker/worker_child.py"])
    assert chosen == {
        "grasp/lift.py": ["test/grasp/test_lift.py"],
        "sim/judge.py": ["test/sim/test_judge.py"],
        "model/worker/worker_child.py": ["test/model/worker"],
    }
    assert all((ROOT / test).exists() for tests in targets(ROOT, []).values() for test in tests)


@pytest.mark.parametrize(
    ("test", "code"),
    [("def test(): pass", 0), ("def test(): assert 0", 1), ("import no_such_module", 2)],
)
def test_a_forked_run_says_how_its_tests_ended(tmp_path, test, code):
    path = tmp_path / "test_it.py"
    path.write_text(f"{test}\n")
    assert run_tests(tmp_path, [str(path)], 60.0) == code


def test_a_run_that_takes_too_long_is_ended(tmp_path):
    path = tmp_path / "test_it.py"
    path.write_text("import time\ndef test():\n    time.sleep(60)\n")
    assert run_tests(tmp_path, [str(path)], 2.0) is None


def test_a_run_does_not_go_on_for_ever_though_nobody_ends_it(tmp_path):
    path = tmp_path / "test_it.py"
    path.write_text(
        "import os, resource\ndef test():\n"
        "    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == 60 * os.cpu_count()\n"
    )
    assert run_tests(tmp_path, [str(path)], 60.0) == 0


def outcome(change, result, occurrence=0):
    return Outcome("grasp/lift.py", "stand", "Number", occurrence, 29, change, result)


def test_what_was_tried_is_known_in_the_same_stand_alone(tmp_path):
    path = tmp_path / "outcomes.jsonl"
    Journal(path).add(outcome("4 -> 1", SURVIVED))
    journal = Journal(path)
    assert journal.known("grasp/lift.py", "stand", "Number", 0).result == SURVIVED
    assert journal.known("grasp/lift.py", "another", "Number", 0) is None
    assert json.loads(path.read_text())["line"] == 29


def test_a_stand_is_that_of_file_and_tests(tmp_path):
    (tmp_path / "test_it.py").write_text("1")
    (tmp_path / "it.py").write_text("1")
    before = stand_of(tmp_path, tmp_path / "it.py", ["test_it.py"])
    (tmp_path / "test_it.py").write_text("2")
    assert stand_of(tmp_path, tmp_path / "it.py", ["test_it.py"]) != before


def test_accepted_survivors_are_listed_once_by_files_of_the_list():
    """YAML takes the last of two entries of a name, and says nothing."""
    lines = (ROOT / "benchmarks/mutants/accepted.yaml").read_text().splitlines()
    files = [line.removesuffix(":") for line in lines if line and line[0] not in " #"]
    assert len(files) == len(set(files))
    assert set(files) <= set(targets(ROOT, []))


def test_accepted_survivors_do_not_count():
    outcomes = [
        outcome("a -> b", KILLED),
        outcome("b -> c", TOO_LONG, 1),
        outcome("c -> d", SURVIVED, 2),
        outcome("d -> e", SURVIVED, 3),
    ]
    accepted = {"grasp/lift.py": {"d -> e": "the same"}}
    assert killed_share(outcomes, {}) == 0.5
    assert killed_share(outcomes, accepted) == pytest.approx(2 / 3)
    table = markdown([FileReport("grasp/lift.py", 9, outcomes)], accepted, seed=0)
    assert "| grasp/lift.py | 9 | 4 | 2 | 1 | 1 | 67 |" in table
    assert "`c -> d`: **not accepted**" in table
    assert "`d -> e`: the same" in table


def test_the_accepted_survivors_are_of_files_that_are_tried():
    accepted = read_accepted(ROOT / "benchmarks" / "mutants" / "accepted.yaml")
    assert set(accepted) <= set(targets(ROOT, []))
    assert all(reason for changes in accepted.values() for reason in changes.values())
