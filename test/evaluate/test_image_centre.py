from pathlib import Path

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.image_centre import ImageCentre
from rt_grasp_ros.evaluate.label_prior import LabelPrior
from rt_grasp_ros.grasp.rectangle import GraspRectangle


def test_the_middle_with_the_usual_angle_and_opening_whatever_the_picture_shows():
    baseline = ImageCentre(LabelPrior(0.3, 0.1, 0.2, 0.4))
    picture = GraspPicture("1", "1", "", Path("absent.png"), None, 640, 480, ())
    answer = baseline.predict(picture, "grasp the mug")
    assert answer.rectangle == GraspRectangle(320.0, 240.0, 0.3, 128.0, 64.0, 640, 480)
