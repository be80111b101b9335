"""What a model that is being tuned reaches on pictures of known objects, measured in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from transformers import LlavaForConditionalGeneration

from ...data.grasp_picture import GraspPicture
from ...grasp.errors import AnswerGarbled
from ...language.answer import parse_answer
from ...metrics.rectangle_metric import RectangleVerdict, judge_rectangle
from .answer_formats import AnswerFormat
from .batches import Encoder
from .pictures import VisualTokens
from .writing import Writer

_BATCH = 116


def score(
    llava: LlavaForConditionalGeneration,
    encoder: Encoder,
    visual_tokens: VisualTokens,
    pictures: Sequence[GraspPicture],
    answer_format: AnswerFormat = AnswerFormat.REASONING,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, float]:
    """Let a model answer each picture's command by name, greedily, and judge the rectangles.

    Args:
        llava: the model.
        encoder: of its tokenizer.
        visual_tokens: of its base's tower.
        pictures: with labels.
        answer_format: how it was taught to answer.
        progress: called with the number of pictures done.

    Returns:
        The names of `rt-grasp evaluate cornell`: `n`, `own_width_accuracy`,
        `ground_truth_width_accuracy`, `parse_failure_rate` (refusals are none),
        `median_centre_error_px`, `median_angle_error_deg`.
    """
    writer = Writer(llava, encoder)
    verdicts: list[RectangleVerdict] = []
    garbled = 0
    for first in range(0, len(pictures), _BATCH):
        own = pictures[first : first + _BATCH]
        commands = [picture.instructions["name"] for picture in own]
        visual = visual_tokens([picture.image_path for picture in own])
        for picture, (written,) in zip(own, writer.write(commands, visual), strict=True):
            text = answer_format.read(written.text)
            try:
                answer = parse_answer(text, picture.width_px, picture.height_px)
            except AnswerGarbled:
                garbled += 1
                continue
            if answer.rectangle is not None:
                verdicts.append(judge_rectangle(answer.rectangle, picture.rectangles))
        progress(min(first + _BATCH, len(pictures)))
    count = len(pictures)
    return {
        "n": count,
        "own_width_accuracy": sum(v.own_width for v in verdicts) / count,
        "ground_truth_width_accuracy": sum(v.ground_truth_width for v in verdicts) / count,
        "parse_failure_rate": garbled / count,
        "median_centre_error_px": median(v.centre_error_px for v in verdicts) if verdicts else -1,
        "median_angle_error_deg": median(v.angle_error_deg for v in verdicts) if verdicts else -1,
    }
