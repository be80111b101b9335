"""How well each thing of a table fits what is said."""

import numpy as np
import pytest
from made_table import table
from named_blocks import BLOCKS, CAN, CUP, LEFT, MIDDLE, RIGHT, Named

from rt_grasp_ros.grasp.errors import OnlyExcluded
from rt_grasp_ros.grasp.support import find_support
from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.pipeline.fitting import fitting_of, logits_of
from rt_grasp_ros.pipeline.named_table import NamedTable


def fitted(sentence, *things):
    """Return how well the blocks fit, and the number of the segment at a place."""
    frame = table(*BLOCKS)
    named = NamedTable.of(frame, find_support(frame.depth_m, frame.intrinsics), Named(*things))

    def at(place):
        x, y = place
        return next(k for k, one in enumerate(named.segments) if one.mask[y, x])

    return fitting_of(parse_request(sentence), named), at


def test_probabilities_are_logits_and_certainty_is_finite():
    assert logits_of(np.array([0.5, 0.9])) == pytest.approx([0.0, np.log(9.0)])
    assert np.abs(logits_of(np.array([0.0, 1.0]))) == pytest.approx([13.8, 13.8], abs=0.02)


def test_a_name_alone_is_what_is_meant():
    fitting, at = fitted("grasp the cup", CUP)
    assert fitting.best == fitting.best_fit == pytest.approx(np.log(9.0))
    assert fitting.fit[at(MIDDLE)] == pytest.approx(-np.log(9.0))
    assert fitting.near is None


def test_another_colour_outweighs_the_name_in_what_is_meant():
    red, at = fitted("grasp the red cup", CUP)
    blue, _ = fitted("grasp the blue cup", CUP)
    assert red.is_meant[at(LEFT)] > 0.0 > blue.is_meant[at(LEFT)]


def test_what_is_excluded_comes_last_and_all_of_it_is_nothing():
    fitting, at = fitted("grasp anything but the cup", CUP)
    assert fitting.order[at(LEFT)] == -np.inf
    assert np.isfinite(fitting.order[[at(MIDDLE), at(RIGHT)]]).all()
    everywhere = [("thing for drinking", *place) for place in (LEFT, MIDDLE, RIGHT)]
    with pytest.raises(OnlyExcluded):
        fitted(
            "grasp anything but the mug", *everywhere, *(("mug", *one[1:]) for one in everywhere)
        )


def test_each_neighbour_that_is_said_has_a_column():
    fitting, at = fitted("grasp the thing between the cup and the can", CUP, CAN)
    assert fitting.near.shape == (len(fitting.fit), 2)
    assert (fitting.near[at(LEFT), 0] > 0.0) and (fitting.near[at(MIDDLE), 1] > 0.0)
    assert fitting.near[at(RIGHT)].max() < 0.0
