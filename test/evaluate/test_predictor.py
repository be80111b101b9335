import cv2
import pytest
from recorded_pictures import SIDE_PX, bar_picture_rgb, random_labels

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.predictor import EnginePredictor
from rt_grasp_ros.grasp.errors import CommandEmpty
from rt_grasp_ros.language.answer import Answer


class Engine:
    """Remembers what it was asked."""

    name = "an engine"

    def answer(self, image_rgb, command, max_candidates=1, **_):
        self.seen = image_rgb, command, max_candidates
        return [Answer("Best.", None, 1.0), Answer("Second.", None, 0.5)]


def test_the_engine_sees_the_whole_picture_and_answers_once(tmp_path):
    (label,) = random_labels(1)
    rgb = bar_picture_rgb(label)
    cv2.imwrite(str(tmp_path / "a.png"), rgb[..., ::-1])
    picture = GraspPicture("1", "1", "", tmp_path / "a.png", None, SIDE_PX, SIDE_PX, (label,))
    engine = Engine()
    predictor = EnginePredictor(engine)
    assert predictor.name == "an engine"
    assert predictor.predict(picture, " Grasp  the bar. ").reasoning == "Best."
    image, command, candidates = engine.seen
    assert (image == rgb).all()
    assert (command, candidates) == ("Grasp the bar.", 1)
    with pytest.raises(CommandEmpty):
        predictor.predict(picture, " ")
