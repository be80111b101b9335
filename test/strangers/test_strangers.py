"""The table of strangers' cases: each that is quick holds, and the table says when one does not."""

import pytest

from benchmarks.strangers.__main__ import all_cases, chosen, main, table
from benchmarks.strangers.case import Case, CaseFailed, try_case


def case_that(run, name="a thing"):
    return Case("item", name, "nobody#1", "is fine", run)


def fails():
    raise CaseFailed("145 mm off")


@pytest.mark.ros
@pytest.mark.parametrize(
    "case",
    chosen(all_cases(), (), is_quick_only=True),
    ids=lambda case: f"{case.item}: {case.name}",
)
def test_a_strangers_case_holds(case):
    row = try_case(case)
    assert row.holds, row.seen


def test_a_case_that_is_not_right_does_not_hold():
    row = try_case(case_that(fails))
    assert not row.holds
    assert row.seen == "145 mm off"


def test_a_case_that_breaks_does_not_hold():
    row = try_case(case_that(lambda: 1 / 0))
    assert not row.holds
    assert "ZeroDivisionError" in row.seen


def test_the_table_has_a_line_a_case():
    rows = [try_case(case_that(lambda: "fine")), try_case(case_that(fails, "an | other"))]
    lines = table(rows).splitlines()
    assert lines[2].endswith("| fine | yes |")
    assert lines[3] == "| item | an / other | nobody#1 | is fine | 145 mm off | NO |"


def test_no_case_of_that_name_is_said(tmp_path):
    with pytest.raises(SystemExit):
        main(["--only", "no such case", "--out", str(tmp_path)])
