import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.letterbox import PADDING_RGB, letterbox, pad_to_square, to_pixel_values


@given(st.integers(16, 800), st.integers(16, 800))
def test_sides_are_multiples_of_32_and_the_longer_one_is_kept(height, width):
    boxed = letterbox(np.zeros((height, width, 3), np.uint8), 256)
    assert boxed.shape[0] % 32 == boxed.shape[1] % 32 == 0
    assert max(boxed.shape[:2]) == 256


@pytest.mark.parametrize("size", [(480, 640), (720, 1280), (224, 224), (640, 480)])
def test_a_mark_keeps_its_place_over_the_longer_side(size):
    image = np.zeros((*size, 3), np.uint8)
    y, x = size[0] // 3, size[1] // 2
    image[y - 6 : y + 6, x - 6 : x + 6] = 255
    boxed = letterbox(image, 256)
    rows, columns = np.nonzero(boxed[..., 0] > 100)
    assert (columns.mean() + 0.5) / 256 == pytest.approx(x / max(size), abs=0.004)
    assert (rows.mean() + 0.5) / 256 == pytest.approx(y / max(size), abs=0.004)


def test_pixel_values_are_planar_and_symmetric():
    image = np.zeros((64, 32, 3), np.uint8)
    image[..., 1] = 255
    values = to_pixel_values(image)
    assert values.shape == (1, 3, 64, 32)
    assert values.dtype == np.float32
    assert values[0, 0].max() == -1
    assert values[0, 1].min() == 1


@given(st.integers(8, 90), st.integers(8, 90))
def test_padding_to_a_square_moves_nothing(height, width):
    square = pad_to_square(np.full((height, width, 3), 7, np.uint8))
    assert square.shape == (max(height, width), max(height, width), 3)
    assert (square[:height, :width] == 7).all()
    assert (square[height:] == PADDING_RGB).all()
    assert (square[:, width:] == PADDING_RGB).all()


@pytest.mark.parametrize(
    "size, boxed", [((480, 640), (192, 256)), ((400, 640), (160, 256)), ((100, 640), (64, 256))]
)
def test_padding_goes_up_to_the_next_multiple_of_32_only(size, boxed):
    assert letterbox(np.zeros((*size, 3), np.uint8), 256).shape == (*boxed, 3)
