"""The benchmark of which one is meant asks what has one answer."""

from dataclasses import replace

import numpy as np
import pytest
from seen_from_above import seen_from_above

from benchmarks.which_one import Unsure, questions, tables_of_several
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.proposals.segments import Segment
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes


def thing(noun, size_m=(0.04, 0.04, 0.1)):
    return replace(shipped_meshes()[0], name=noun, noun=noun, other_names=(), size_m=size_m)


SMALL, LARGE, BOX = thing("mug"), thing("mug", (0.06, 0.06, 0.13)), thing("box")
EVEN = thing("mug", (0.041, 0.041, 0.1))


TABLE = seen_from_above((SMALL, -0.1, 0.0), (LARGE, 0.0, 0.2), (BOX, 0.2, 0.0))


def asked(table):
    return {(one.command, one.thing) for one in questions(table)}


def test_each_of_several_is_asked_for_by_what_tells_it_plainly():
    said = asked(TABLE)
    assert {
        ("grasp the leftmost mug", 0),
        ("grasp the rightmost mug", 1),
        ("grasp the nearest mug", 0),
        ("grasp the farthest mug", 1),
        ("grasp the second mug from the left", 1),
        ("grasp the second mug from the right", 0),
        ("grasp the mug, not the leftmost one", 1),
        ("grasp the mug, not the rightmost one", 0),
        ("grasp the biggest mug", 1),
        ("grasp the smallest mug", 0),
        ("grasp the tallest mug", 1),
        ("grasp the longest mug", 1),
    } <= said
    kinds = {one.kind for one in questions(TABLE) if one.thing == 2}
    assert {"side, alone", "size, alone"} <= kinds


def test_what_is_not_plain_is_not_asked():
    said = asked(seen_from_above((SMALL, 0.0, 0.0), (EVEN, 0.03, 0.2), (BOX, 0.2, 0.0)))
    assert not any("leftmost mug" in one or "biggest mug" in one for one, _ in said)
    assert ("grasp the nearest mug", 0) in said


def test_a_table_has_several_of_a_noun():
    meshes = [replace(shipped_meshes()[k], noun=f"thing {k // 2}") for k in range(8)]
    table = next(tables_of_several(meshes, 3))
    nouns = [one.noun for one in table.things]
    assert len(nouns) > 4
    assert sum(nouns.count(noun) > 1 for noun in set(nouns)) >= 2


class _Known:
    def fits(self, frame, segments, phrases):
        return np.full((len(segments), len(phrases)), 0.9)

    def familiar(self, frame, segments):
        return np.zeros(len(segments))


def test_what_is_known_less_surely_is_so_in_the_same_way_each_time():
    plane = Plane(np.array([0.0, 0.0, -1.0]), 1.0, 0.001)
    segments = [
        Segment(TABLE.thing_ids == number, (50 * number, 0, 40, 50), np.zeros(3), 0.04, 0.1, plane)
        for number in (1, 2, 3)
    ]
    unsure = Unsure(_Known(), TABLE)
    mugs, both = (
        unsure.fits(TABLE.frame, segments, phrases) for phrases in (["mug"], ["mug", "box"])
    )
    assert both.shape == (3, 2)
    assert mugs[:, 0] == pytest.approx(both[:, 0])
    assert np.ptp(both, axis=0).min() > 0.01
    assert np.ptp(both, axis=1).min() > 0.001
