from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.data.folds import assign_folds
from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.grasp.errors import RequestInvalid


def picture(number: int, objects: int) -> GraspPicture:
    """Two crops of each recording."""
    recording = number // 2
    return GraspPicture(
        str(recording), str(recording % objects), "", Path("a.png"), None, 10, 10, ()
    )


@given(st.integers(5, 12), st.sampled_from(["image", "object"]), st.integers(2, 5))
def test_what_belongs_together_stays_together_and_folds_are_even(objects, by, folds):
    pictures = [picture(number, objects) for number in range(4 * objects)]
    group_of = {"image": "picture_id", "object": "object_id"}[by]
    fold_of = {}
    for one, fold in zip(pictures, assign_folds(pictures, folds, by), strict=True):
        assert fold_of.setdefault(getattr(one, group_of), fold) == fold
    sizes = [list(fold_of.values()).count(fold) for fold in range(folds)]
    assert max(sizes) - min(sizes) <= 1


@given(st.randoms())
def test_the_order_of_the_pictures_does_not_matter(random):
    pictures = [picture(number, 7) for number in range(28)]
    expected = dict(zip(map(id, pictures), assign_folds(pictures, 3, "object"), strict=True))
    random.shuffle(pictures)
    assert [expected[id(one)] for one in pictures] == assign_folds(pictures, 3, "object")


@pytest.mark.parametrize("folds", [0, 1, 4])
def test_impossible_folds_are_refused(folds):
    with pytest.raises(RequestInvalid, match="from 2 to 3"):
        assign_folds([picture(number, 3) for number in range(12)], folds, "object")
