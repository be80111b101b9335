from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.motion.allowed_collisions import AllowedCollisions

NAMES = ("hand", "finger", "forearm", "table", "target")


@st.composite
def matrices(draw):
    names = tuple(draw(st.lists(st.sampled_from(NAMES), unique=True)))
    rows = [[False] * len(names) for _ in names]
    for row in range(len(names)):
        for column in range(row + 1):
            rows[row][column] = rows[column][row] = draw(st.booleans())
    return AllowedCollisions(names, tuple(tuple(row) for row in rows))


def pairs(matrix):
    return {
        (a, b): matrix.allowed[row][column]
        for row, a in enumerate(matrix.names)
        for column, b in enumerate(matrix.names)
    }


@given(matrices(), st.sets(st.sampled_from(NAMES[:4])))
def test_only_the_asked_for_contacts_are_added(matrix, others):
    before, after = pairs(matrix), pairs(matrix.with_contact("target", others))
    wanted = {("target", other) for other in others} | {(other, "target") for other in others}
    assert {pair for pair, may in after.items() if may} == wanted | {
        pair for pair, may in before.items() if may
    }
    assert matrix.names == tuple(matrix.with_contact("target", others).names[: len(matrix.names)])
