import math

import numpy as np
import pytest

from rt_grasp_ros.metrics.clustered_error import clustered_standard_error


def test_independent_pictures_have_the_binomial_error():
    hits = np.random.default_rng(0).random(400) < 0.7
    share = hits.mean()
    expected = math.sqrt(share * (1 - share) / len(hits))
    error = clustered_standard_error(hits.tolist(), list(range(400)))
    assert error == pytest.approx(expected, rel=0.1)


def test_pictures_of_one_object_that_hit_together_count_as_one():
    hits = np.random.default_rng(0).random(50) < 0.5
    single = clustered_standard_error(hits.tolist(), list(range(50)))
    eightfold = clustered_standard_error(hits.repeat(8).tolist(), np.arange(50).repeat(8).tolist())
    assert eightfold == pytest.approx(single)


def test_equal_hits_give_equal_errors():
    hits, clusters = [True, False, True, False], ["a", "a", "b", "c"]
    assert clustered_standard_error(hits, clusters) == clustered_standard_error(hits, clusters)


def test_one_object_shows_no_spread():
    assert clustered_standard_error([True, False], ["a", "a"]) is None
