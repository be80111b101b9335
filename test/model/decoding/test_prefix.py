import numpy as np
import pytest

from rt_grasp_ros.model.decoding.prefix import common_prefix, picture_key


@pytest.mark.parametrize(
    "known, wanted, same",
    [
        ([], [1], 0),
        ([1, 2, 3], [1, 2, 3], 3),
        ([1, 2, 3], [1, 2], 2),
        ([1, 2], [1, 2, 3], 2),
        ([1, 5, 3], [1, 2, 3], 1),
        ([4], [1], 0),
    ],
)
def test_tokens_in_common_count_up_to_the_first_that_differs(known, wanted, same):
    assert common_prefix(known, wanted) == same


def test_a_picture_is_told_from_others_by_its_pixels_and_its_shape():
    picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert picture_key(picture) == picture_key(picture.copy())
    changed = picture.copy()
    changed[1, 1, 1] += 1
    keys = {picture_key(each) for each in (picture, changed, picture.reshape(4, 2, 3))}
    assert len(keys) == 3
    assert picture_key(picture[:, ::-1]) != picture_key(picture)
