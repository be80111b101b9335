"""Labels and engines for the tests of the cell's evaluation."""

import numpy as np

from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import Answer
from rt_grasp_ros.sim.labels import PartLabel


def part_label(
    object_name="mug",
    part_name="handle",
    visible=1.0,
    default=True,
    x_px=100.0,
    index=0,
    colour="red",
    part_id=1,
):
    return PartLabel(
        object_index=index,
        object_name=object_name,
        colour_name=colour,
        part_name=part_name,
        part_id=part_id,
        rectangle=GraspRectangle(x_px, 80.0, 0.0, 40.0, 20.0, 640, 480),
        T_world_grasp=np.eye(4),
        opening_m=0.03,
        visible_fraction=visible,
        is_default=default,
    )


class FixedEngine:
    """Answers every command alike, and remembers what it was asked."""

    name = "fixed"

    def __init__(self, *rectangles):
        self.answers = [Answer("So I say.", rectangle, 0.5) for rectangle in rectangles]
        self.asked = []

    def answer(
        self, image_rgb, command, max_candidates=1, on_text=None, history=(), is_cancelled=None
    ):
        self.asked.append((command, tuple(history)))
        if not self.answers:
            raise AnswerGarbled("lorem ipsum")
        return self.answers
