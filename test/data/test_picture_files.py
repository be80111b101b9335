"""What a picture file says about itself is honoured or refused."""

import cv2
import numpy as np
import pytest

from rt_grasp_ros.data.pixels import read_colour, read_depth, require_upright
from rt_grasp_ros.grasp.errors import DataInvalid, EncodingUnknown, NoImage

RGB = np.random.default_rng(1).integers(0, 255, (12, 16, 3)).astype(np.uint8)


def jpeg_turned(orientation):
    """A JPEG with an EXIF segment that holds an orientation alone."""
    data = cv2.imencode(".jpg", RGB)[1].tobytes()
    entry = b"\x01\x12\x00\x03\x00\x00\x00\x01" + bytes([0, orientation, 0, 0])
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + entry + bytes(4)
    return data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + data[2:]


@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_a_picture_that_is_to_be_turned_is_refused(orientation, tmp_path):
    path = tmp_path / "color.jpg"
    path.write_bytes(jpeg_turned(orientation))
    with pytest.raises(DataInvalid, match="EXIF"):
        require_upright(path)


def test_an_upright_one_is_taken(tmp_path):
    path = tmp_path / "color.jpg"
    path.write_bytes(jpeg_turned(1))
    require_upright(path)


@pytest.mark.parametrize("dtype, full", [(np.uint8, 255), (np.uint16, 65535)])
def test_alpha_is_taken_where_nothing_is_transparent(dtype, full, tmp_path):
    stored = RGB[..., ::-1].astype(dtype) * (full // 255)
    alpha = np.full((12, 16), full, dtype)
    cv2.imwrite(str(tmp_path / "color.png"), np.dstack([stored, alpha]))
    np.testing.assert_allclose(read_colour(tmp_path / "color.png"), RGB, atol=1)
    alpha[3, 3] = 0
    cv2.imwrite(str(tmp_path / "color.png"), np.dstack([stored, alpha]))
    with pytest.raises(NoImage, match="transparent"):
        read_colour(tmp_path / "color.png")


def test_depth_of_eight_bits_or_three_channels_is_refused(tmp_path):
    for image in (np.full((4, 4), 70, np.uint8), np.full((4, 4, 3), 700, np.uint16)):
        cv2.imwrite(str(tmp_path / "depth.png"), image)
        with pytest.raises(EncodingUnknown):
            read_depth(tmp_path / "depth.png")
