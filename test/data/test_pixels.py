import cv2
import numpy as np
import pytest

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.data.pixels import colour_of, read_colour, read_depth
from rt_grasp_ros.grasp.errors import DataInvalid, EncodingUnknown, NoDepth, NoImage


def test_colour_is_rgb(tmp_path):
    path = tmp_path / "red.png"
    cv2.imwrite(str(path), np.full((4, 6, 3), (0, 0, 255), np.uint8))
    assert read_colour(path).shape == (4, 6, 3)
    assert read_colour(path)[0, 0].tolist() == [255, 0, 0]


def test_depth_of_16_bits_counts_millimetres_unless_told_otherwise(tmp_path):
    path = tmp_path / "depth.png"
    cv2.imwrite(str(path), np.array([[0, 500]], np.uint16))
    np.testing.assert_allclose(read_depth(path), [[np.nan, 0.5]], rtol=1e-6)
    np.testing.assert_allclose(read_depth(path, 1e-4), [[np.nan, 0.05]], rtol=1e-6)


def test_depth_of_floats_is_in_metres(tmp_path):
    path = tmp_path / "depth.tiff"
    cv2.imwrite(str(path), np.array([[np.nan, 0.5]], np.float32))
    np.testing.assert_array_equal(read_depth(path), np.array([[np.nan, 0.5]], np.float32))


def test_what_is_no_picture_is_refused(tmp_path):
    path = tmp_path / "notes.png"
    path.write_text("not a picture")
    for missing in (path, tmp_path / "absent.png", tmp_path):
        with pytest.raises(NoImage):
            read_colour(missing)
        with pytest.raises(NoDepth):
            read_depth(missing)


def test_depth_of_8_bits_is_refused(tmp_path):
    path = tmp_path / "depth.png"
    cv2.imwrite(str(path), np.full((4, 4), 7, np.uint8))
    with pytest.raises(EncodingUnknown, match="uint8"):
        read_depth(path)


def test_a_picture_of_another_size_than_its_labels_is_refused(tmp_path):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.zeros((4, 6, 3), np.uint8))
    assert colour_of(GraspPicture("1", "1", "", path, None, 6, 4, ())).shape == (4, 6, 3)
    with pytest.raises(DataInvalid, match="6x4"):
        colour_of(GraspPicture("1", "1", "", path, None, 4, 6, ()))
