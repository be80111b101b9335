"""Change files a little, one place at a time, and see whether their tests notice.

    make mutants                                  # every file of the list, 40 mutants each
    make mutants MUTANTS='grasp/lift.py motion/'  # some of them
    make mutants SAMPLE=1000                      # every mutant

What was tried before is not tried again, unless the file or its tests have changed.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.mutants.forked import import_once, run_tests
from benchmarks.mutants.journal import KILLED, SURVIVED, TOO_LONG, Journal, Outcome, stand_of
from benchmarks.mutants.mutation import Mutation, mutations_of, sample
from benchmarks.mutants.table import LEAST_KILLED, FileReport, killed_share, markdown, read_accepted
from benchmarks.mutants.targets import PACKAGE, targets
from benchmarks.mutants.tree import copy_of

ROOT = Path(__file__).parents[2]
ACCEPTED = Path(__file__).with_name("accepted.yaml")

_BASELINE_TIMEOUT_S = 600.0
_LEAST_TIMEOUT_S = 20.0
_TIMES_LONGER = 5.0
_TESTS_PASSED = 0


class BaselineFails(Exception):
    """The tests of a file fail without any change of it."""


def main() -> int:
    """Try the mutants, write the table; return 0 where enough of them are killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="parts of paths; all files where left out")
    parser.add_argument("--sample", type=int, default=40, help="mutants a file (default 40)")
    parser.add_argument("--seed", type=int, default=0, help="draws them (default 0)")
    parser.add_argument("--out", type=Path, default=Path("out/mutants"))
    arguments = parser.parse_args()
    chosen = targets(ROOT, arguments.files)
    if not chosen:
        sys.exit(f"mutants: no file is named {' or '.join(arguments.files)}; give one of the list.")
    import_once()
    tree = copy_of(ROOT, arguments.out.resolve() / "tree")
    journal = Journal(arguments.out / "outcomes.jsonl")
    accepted = read_accepted(ACCEPTED)
    reports, unfit = [], []
    for file, tests in chosen.items():
        mutations = mutations_of((tree / PACKAGE / file).read_text(encoding="utf-8"))
        drawn = sample(mutations, arguments.sample, arguments.seed)
        try:
            report = FileReport(file, len(mutations), _try(file, tests, drawn, tree, journal))
        except BaselineFails as failure:
            unfit.append(f"{file}: {failure}")
            print(unfit[-1], flush=True)
            continue
        reports.append(report)
        print(f"{file}: {100 * killed_share(report.outcomes, accepted):.0f} % killed", flush=True)
        table = "\n".join([markdown(reports, accepted, arguments.seed), *unfit])
        (arguments.out / "table.md").write_text(f"{table}\n", encoding="utf-8")
    print("\n".join([markdown(reports, accepted, arguments.seed), *unfit]))
    everything = [outcome for report in reports for outcome in report.outcomes]
    return 0 if not unfit and killed_share(everything, accepted) >= LEAST_KILLED else 1


def _try(
    file: str, tests: list[str], mutations: list[Mutation], tree: Path, journal: Journal
) -> list[Outcome]:
    """Return what becomes of mutants of one file; the copy's file is whole again afterwards."""
    changed = tree / PACKAGE / file
    whole = changed.read_text(encoding="utf-8")
    stand = stand_of(tree, changed, tests)
    timeout_s: float | None = None
    outcomes = []
    for mutation in mutations:
        outcome = journal.known(file, stand, mutation.operator, mutation.occurrence)
        if outcome is None:
            timeout_s = timeout_s or _timeout_of(tree, tests, changed)
            changed.write_text(mutation.source, encoding="utf-8")
            code = run_tests(tree, tests, timeout_s)
            changed.write_text(whole, encoding="utf-8")
            result = TOO_LONG if code is None else SURVIVED if code == _TESTS_PASSED else KILLED
            outcome = Outcome(
                file,
                stand,
                mutation.operator,
                mutation.occurrence,
                mutation.line,
                mutation.change,
                result,
            )
            journal.add(outcome)
        outcomes.append(outcome)
    return outcomes


def _timeout_of(tree: Path, tests: list[str], changed: Path) -> float:
    """Return how long the tests may take, by a run without a change; it compiles the rest."""
    start_s = time.monotonic()
    log = tree.with_name("baseline.txt")
    code = run_tests(tree, tests, _BASELINE_TIMEOUT_S, keep_bytecode=True, log=log)
    if code != _TESTS_PASSED:
        raise BaselineFails(f"{' '.join(tests)} fail without any change, see {log}; mend them")
    for compiled in (changed.parent / "__pycache__").glob(f"{changed.stem}.*"):
        compiled.unlink()
    return max(_LEAST_TIMEOUT_S, _TIMES_LONGER * (time.monotonic() - start_s))


if __name__ == "__main__":
    sys.exit(main())
