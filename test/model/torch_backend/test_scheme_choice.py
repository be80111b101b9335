import math

import pytest

from rt_grasp_ros.model.torch_backend.scheme_choice import (
    WORST_ERROR,
    SchemeFigures,
    choose_scheme,
)

AS_READ = SchemeFigures(6.0, {}, 0.0, 400)
INT8 = SchemeFigures(4.0, {}, 0.02, 200)
NF4 = SchemeFigures(3.0, {}, 0.12, 110)
INT4 = SchemeFigures(2.0, {}, 0.13, 105)
ALL = {"none": AS_READ, "int8": INT8, "nf4": NF4, "int4": INT4}


def any_size(_):
    return True


def test_the_fastest_is_taken():
    assert choose_scheme(ALL, any_size) == "int4"


def test_what_does_not_fit_is_left_out():
    assert choose_scheme(ALL, lambda each: each.layer_bytes in (110, 200)) == "nf4"


def test_where_none_fits_it_is_the_smallest():
    assert choose_scheme(ALL, lambda _: False) == "int4"


@pytest.mark.parametrize("error", [0.26, 3.0, math.inf])
def test_one_that_computes_something_else_is_left_out_however_fast(error):
    broken = ALL | {"int4": SchemeFigures(0.1, {}, error, 50)}
    assert choose_scheme(broken, any_size) == "nf4"
    assert choose_scheme(broken, lambda _: False) == "nf4"
    assert choose_scheme({"int4": broken["int4"]}, any_size) == "none"


def test_the_bound_is_twice_what_four_bits_cost():
    assert WORST_ERROR == 0.25


def test_of_two_that_are_equally_fast_the_more_exact_is_taken():
    nearly = ALL | {"nf4": SchemeFigures(2.08, {}, 0.12, 110)}
    assert choose_scheme(nearly, any_size) == "nf4"
    assert choose_scheme(ALL | {"nf4": SchemeFigures(2.12, {}, 0.12, 110)}, any_size) == "int4"


def test_drafts_count_where_they_pay():
    """Five rows cost NF4 2.7 times one, bf16 nothing: 3.36 tokens a pass turn the order round."""
    as_read = SchemeFigures(3.0, {4: 3.0}, 0.0, 400)
    nf4 = SchemeFigures(2.0, {4: 5.4}, 0.12, 110)
    assert as_read.token_s == pytest.approx(3.0 / 3.3616)
    assert nf4.token_s == pytest.approx(5.4 / 3.3616)
    assert choose_scheme({"none": as_read, "nf4": nf4}, any_size) == "none"
    assert SchemeFigures(2.0, {4: 9.0}, 0.1, 1).token_s == 2.0


@pytest.mark.parametrize("error", [0.1, math.inf])
def test_figures_survive_json(error):
    figures = SchemeFigures(0.5, {4: 0.7, 7: 0.9}, error, 12)
    assert SchemeFigures.from_json(figures.to_json()) == figures


@pytest.mark.parametrize(
    "values", [None, 3, [], {}, {"step_s": "x"}, INT4.to_json() | {"pass_s": {"four": 1}}]
)
def test_other_values_are_no_figures(values):
    assert SchemeFigures.from_json(values) is None
