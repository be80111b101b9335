"""A data set drawn into a folder in Cornell's layout: dark bars on a light table."""

import json
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.evaluate.picture_source import cornell_source
from rt_grasp_ros.evaluate.picture_trial import PictureTrial, run_trials
from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.language.grounding import describe_closing, describe_place

SIDE_PX = 224
BAR_LENGTH_PX, BAR_BREADTH_PX = 80, 24
LABEL_OPENING_PX, LABEL_JAW_PX = 32, 18


def bar_label(x_px: float, y_px: float, theta_rad: float) -> GraspRectangle:
    """Return the grasp across the middle of a bar; `theta_rad` is the closing direction."""
    return GraspRectangle(x_px, y_px, theta_rad, LABEL_OPENING_PX, LABEL_JAW_PX, SIDE_PX, SIDE_PX)


def paint_bar(canvas: np.ndarray, label: GraspRectangle, value) -> None:
    """Fill the bar that lies across a label's closing direction, in place."""
    box = (
        (label.x_px - 0.5, label.y_px - 0.5),
        (BAR_BREADTH_PX, BAR_LENGTH_PX),
        -math.degrees(label.theta_rad),
    )
    cv2.fillConvexPoly(canvas, np.round(cv2.boxPoints(box)).astype(np.int32), value)


def bar_picture_rgb(label: GraspRectangle) -> np.ndarray:
    """Draw a dark blue bar on a light table."""
    rgb = np.full((SIDE_PX, SIDE_PX, 3), (230, 228, 224), np.uint8)
    paint_bar(rgb, label, (30, 40, 90))
    return rgb


def random_labels(count: int, seed: int = 0) -> list[GraspRectangle]:
    """Draw labels of bars that lie whole in the picture, with different clearances."""
    rng = np.random.default_rng(seed)
    labels = [
        bar_label(rng.uniform(70, 154), rng.uniform(70, 154), rng.uniform(-1.5, 1.5))
        for _ in range(count)
    ]
    return [replace(label, opening_px=rng.uniform(26, 44)) for label in labels]


def write_cornell(
    folder: Path, split: str, labels: list[GraspRectangle], first_object: int = 0
) -> None:
    """Write crops of one split; two crops of each object."""
    rows = []
    (folder / split).mkdir(parents=True)
    for index, label in enumerate(labels):
        image = f"{split}/{index}.png"
        cv2.imwrite(str(folder / image), bar_picture_rgb(label)[..., ::-1])
        object_id = first_object + index // 2
        rows.append(
            {
                "image": image,
                "pcd_id": f"{object_id:04d}",
                "object_id": object_id,
                "obj_name": "pen" if object_id % 2 else "box",
                "instruction_name": "Grasp the thing.",
                "instruction_color": "Grasp the blue object.",
                "grasps": [label.corners().tolist()],
            }
        )
    (folder / f"crops_{split}.jsonl").write_text("\n".join(map(json.dumps, rows)))


def answered_trials(folder: Path) -> list[PictureTrial]:
    """Return ten trials on drawn bars: the six boxes are hit, the four pens are misses."""
    write_cornell(folder, "val", random_labels(10))
    pictures = cornell_source(folder, "val", "crops").pictures
    return list(run_trials(pictures, "name", LabelPredictor(pen="garbled")))


class LabelPredictor:
    """Answers with the picture's first label, or as the command's object is told to fail.

    `outcomes` maps names of objects to `refused`, `garbled`, `elsewhere` or `contradicting`.
    """

    def __init__(self, name: str = "label", **outcomes: str) -> None:
        self.name = name
        self.outcomes = outcomes

    def predict(self, picture: GraspPicture, command: str) -> Answer:
        label = picture.rectangles[0]
        outcome = self.outcomes.get(picture.object_name)
        text = f"It lies {describe_place(label)}. I close {describe_closing(label)}."
        if outcome == "refused":
            return Answer("There is no such thing.", None, 0.9)
        if outcome == "garbled":
            raise AnswerGarbled("x 0.1 y")
        if outcome == "elsewhere":
            return Answer("I take it.", label.resized(SIDE_PX // 8, SIDE_PX // 8), 0.5)
        if outcome == "contradicting":
            text = f"I close {describe_closing(label.rotated_by(math.pi / 2))}."
        return Answer(text, label, 0.9)
