import numpy as np
import pytest

from rt_grasp_ros.grasp.errors import NoPlan, OutOfReach
from rt_grasp_ros.grasp.verdict import Verdict
from rt_grasp_ros.motion.candidate_check import CheckedGrasp, ranked
from rt_grasp_ros.motion.contenders import Contenders
from rt_grasp_ros.motion.pick_plan import Descent

FAR, BLOCKED, CROWDED = OutOfReach("far"), NoPlan("blocked"), NoPlan("crowded")


def down(number):
    return Descent(np.full(7, float(number)), np.eye(4))


@pytest.fixture
def contenders():
    """Candidate 1 one way round alone, 2 both ways, 0 and 3 not at all."""
    return Contenders(
        ranked(
            [
                CheckedGrasp(0, False, failure=FAR),
                CheckedGrasp(0, True, failure=BLOCKED),
                CheckedGrasp(1, True, (down(1),)),
                CheckedGrasp(1, False, failure=FAR),
                CheckedGrasp(2, False, (down(2), down(3))),
                CheckedGrasp(2, True, (down(4),)),
                CheckedGrasp(3, False, failure=FAR),
                CheckedGrasp(3, True, failure=FAR),
            ]
        )
    )


def test_the_best_one_that_nothing_speaks_against_is_next(contenders):
    assert [contenders.after(index) for index in (-1, 0, 1, 2, 3)] == [1, 1, 2, None, None]
    assert Contenders().after(-1) is None


def test_the_descents_are_those_of_both_ways_round(contenders):
    assert [d.configuration_rad[0] for d in contenders.descents(2)] == [2.0, 3.0, 4.0]
    assert contenders.descents(0) == []


def test_the_failure_is_that_of_the_way_round_that_got_further(contenders):
    assert contenders.failure(0) is BLOCKED
    assert contenders.failure(3) is FAR
    with pytest.raises(KeyError):
        contenders.failure(1)


def test_one_that_drops_out_comes_after_those_left_and_keeps_earlier_reasons(contenders):
    contenders.reject(1, CROWDED)
    assert contenders.after(-1) == 2
    assert [v.grasp_index for v in contenders.verdicts] == [2, 2, 0, 0, 1, 1, 3, 3]
    assert set(contenders.verdicts[4:6]) == {
        Verdict(1, False, FAR.code, "far"),
        Verdict(1, True, CROWDED.code, "crowded"),
    }
    assert contenders.failure(1) is CROWDED
    assert contenders.descents(1) == []
