"""RealVLG-R1 (Li et al., CVPR 2026): Qwen2.5-VL trained by GRPO to think, then to grasp.

Prompt, format of the answer and the meaning of its numbers are those of the authors' repository
lif314/RealVLG-R1, commit 040562e: `examples/format_prompt/rect_grasp_format.jinja` and
`examples/reward_function/rect_grasp.py`. There x and y are pixels of the picture that is handed to
the processor, theta is degrees from +x towards +y (clockwise as seen) along the edge from corner 0
to corner 1, in which the jaws close, and width is the jaws' distance in pixels. Every rectangle is
taken to be 40 pixels broad. The models never say that an object is absent.
"""

from __future__ import annotations

import math
import re

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import AnswerGarbled
from ...grasp.rectangle import GraspRectangle
from ...language.answer import Answer
from ...language.thinking import split_thinking
from ...language.written_numbers import four_numbers

PATCH_PX = 28  # two vision patches of 14 pixels become one token
MIN_PIXELS, MAX_PIXELS = 262_144, 4_194_304  # of the training pictures: examples/config.yaml
JAW_PX = 40.0

_INSTRUCTION = (
    "Predict a stable 2D rectangular grasp pose for the target object based on the instruction: "
    '"{command}". First, output your reasoning process in <think> </think> tags, then output the '
    "final grasp pose in <answer> </answer> tags, following this format: "
    r"\"<think> thinking process </think>\n<answer>(x, y, theta, width)</answer>\""
)
_ANSWER = re.compile(r"<\s*answer\s*>(.*?)(?:<\s*/\s*answer\s*>|$)", re.DOTALL | re.I)


class RealVlgR1:
    """See `Family`."""

    model_types = ("qwen2_5_vl",)
    max_new_tokens = 512

    def picture(self, image_rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Scale to the size that the processor would scale to.

        The processor then leaves the picture alone, and its pixels are the model's.
        """
        height_px, width_px = image_rgb.shape[:2]
        size = seen_size(width_px, height_px)
        shrinks = size[0] * size[1] < width_px * height_px
        interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(image_rgb, size, interpolation=interpolation), dtype=np.uint8)

    def instruction(self, command: str) -> str:
        """Wrap the command as in training."""
        return _INSTRUCTION.format(command=command)

    def retell(self, answer: Answer) -> str:
        """Write thoughts and numbers; an answer without a grasp has thoughts only."""
        thinking = f"<think> {answer.reasoning} </think>"
        if answer.rectangle is None:
            return thinking
        original = answer.rectangle
        seen = original.resized(*seen_size(original.image_width_px, original.image_height_px))
        numbers = (seen.x_px, seen.y_px, -math.degrees(seen.theta_rad), seen.opening_px)
        written = ", ".join(str(round(number)) for number in numbers)
        return f"{thinking}\n<answer>({written})</answer>"

    def read(
        self, text: str, image_width_px: int, image_height_px: int, score: float = 1.0
    ) -> Answer:
        """Read thoughts, and the four numbers of the last answer behind them.

        Numbers are taken as the authors' own evaluation takes them (`parse_rect`), also without
        tags or brackets; what stands in the thoughts is no answer.
        """
        reasoning, said = split_thinking(text)
        answers = _ANSWER.findall(said)
        numbers = four_numbers(answers[-1] if answers else said)
        if numbers is None:
            raise AnswerGarbled(text)
        x_px, y_px, theta_deg, width_px = numbers
        seen_width_px, seen_height_px = seen_size(image_width_px, image_height_px)
        try:
            seen = GraspRectangle(
                x_px=x_px,
                y_px=y_px,
                theta_rad=-math.radians(theta_deg),
                opening_px=width_px,
                jaw_px=JAW_PX,
                image_width_px=seen_width_px,
                image_height_px=seen_height_px,
            )
        except ValueError as error:
            raise AnswerGarbled(text) from error
        return Answer(reasoning, seen.resized(image_width_px, image_height_px), score)


def seen_size(image_width_px: int, image_height_px: int) -> tuple[int, int]:
    """Return width and height in pixels of a picture as the model sees it.

    Multiples of 28 near the picture's own size, within the number of pixels of the training
    pictures. Source: `smart_resize` of Qwen2-VL's image processor in transformers.
    """
    pixels = image_width_px * image_height_px
    columns, rows = round(image_width_px / PATCH_PX), round(image_height_px / PATCH_PX)
    if columns * rows * PATCH_PX**2 > MAX_PIXELS:
        shrink = math.sqrt(pixels / MAX_PIXELS)
        columns = max(1, math.floor(image_width_px / shrink / PATCH_PX))
        rows = max(1, math.floor(image_height_px / shrink / PATCH_PX))
    elif columns * rows * PATCH_PX**2 < MIN_PIXELS:
        grow = math.sqrt(MIN_PIXELS / pixels)
        columns = math.ceil(image_width_px * grow / PATCH_PX)
        rows = math.ceil(image_height_px * grow / PATCH_PX)
    return columns * PATCH_PX, rows * PATCH_PX


FAMILY = RealVlgR1()
