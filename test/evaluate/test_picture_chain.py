from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.picture_chain import PictureChain
from rt_grasp_ros.grasp.errors import DataInvalid
from rt_grasp_ros.grasp.rectangle import GraspRectangle

PLACE = GraspRectangle(60.0, 40.0, 0.0, 30.0, 15.0, 160, 120)


class Chain:
    """Notes what it is given."""

    engine = SimpleNamespace(name="a model")

    def __init__(self, grasp):
        self.grasp = grasp

    def detect(self, rgb, depth_m, intrinsics, command):
        self.given = rgb, depth_m, intrinsics, command
        return SimpleNamespace(
            grasp=self.grasp, reasoning="Here.", error_message="Nothing is here."
        )


@pytest.fixture
def picture(tmp_path) -> GraspPicture:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((120, 160, 3), (0, 0, 200), np.uint8))
    cv2.imwrite(str(tmp_path / "d.png"), np.full((120, 160), 900, np.uint16))
    return GraspPicture("1", "1", "pen", tmp_path / "a.png", tmp_path / "d.png", 160, 120, ())


def test_the_chain_gets_colour_depth_and_a_camera(picture):
    chain = Chain(SimpleNamespace(rectangle=PLACE, score=0.5))
    answer = PictureChain(chain).predict(picture, "grasp the pen")
    rgb, depth_m, intrinsics, command = chain.given
    assert tuple(rgb[0, 0]) == (200, 0, 0)
    assert np.allclose(depth_m, 0.9)
    assert (intrinsics.fx_px, intrinsics.width_px, command) == (525 / 4, 160, "grasp the pen")
    assert (answer.rectangle, answer.score, answer.reasoning) == (PLACE, 0.5, "Here.")


def test_a_refusal_is_an_answer_without_a_grasp(picture):
    answer = PictureChain(Chain(None)).predict(picture, "grasp the pen")
    assert (answer.rectangle, answer.reasoning) == (None, "Nothing is here.")


def test_a_depth_file_of_another_size_is_no_grasp_and_a_missing_one_is_said(picture):
    cv2.imwrite(str(picture.depth_path), np.full((60, 80), 900, np.uint16))
    chain = PictureChain(Chain(None))
    assert "80" in chain.predict(picture, "grasp the pen").reasoning
    bare = GraspPicture("1", "1", "pen", Path("a.png"), None, 160, 120, ())
    with pytest.raises(DataInvalid):
        chain.predict(bare, "grasp the pen")


def test_its_name_tells_that_the_model_is_not_alone():
    assert PictureChain(Chain(None)).name == "a model, whole chain with depth"
