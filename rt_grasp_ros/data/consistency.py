"""Whether a row's texts, numbers and labels say the same: checked from the row alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..grasp.errors import AnswerGarbled
from ..grasp.rectangle import GraspRectangle
from ..language.answer import Answer, parse_answer
from ..language.codec import GraspNumbers
from ..language.grounding import agrees
from ..language.prompt import IMAGE_TOKEN
from ..language.refinement import is_obeyed, load_follow_ups
from .reasoning import states_nothing
from .situation import situate, stated_in


def row_problems(row: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a row whose answers hold reasoning; none where all is right.

    - Human and model take turns, and the picture stands before the first command.
    - A refusal goes with no right grasp, states no place, and names what is not there.
    - Numbers are those of a right grasp, or change the last grasp as asked and are still right by
      the rectangle metric.
    - Place and closing direction in the text are those of the numbers; what it says of the object
      and of where on it the grasp lies follows from the labels.

    Args:
        row: from a line of JSON, see `conversation_row.to_row`.
    """
    said = row["conversations"]
    if [turn["from"] for turn in said] != ["human", "gpt"] * len(row["turns"]):
        return ["human and gpt do not take turns"]
    problems = []
    marks = [turn["value"].startswith(f"{IMAGE_TOKEN}\n") for turn in said]
    if marks != [True] + [False] * (len(said) - 1):
        problems.append("the picture does not stand before the first command alone")
    before = None
    for about, turn in zip(row["turns"], said[1::2], strict=True):
        corners = about.get("grasps", row["grasps"])
        right, labels = _labels(corners, row), _labels(about.get("labels", corners), row)
        try:
            answer = parse_answer(turn["value"], row["width"], row["height"])
        except AnswerGarbled:
            problems.append(f"{about['kind']}: the answer can't be read")
            continue
        found = _answer_problems(turn["value"], answer, about, right, labels, before)
        problems += [f"{about['kind']}: {problem}" for problem in found]
        before = answer.rectangle
    return problems


def _labels(corners: Sequence[Any], row: Mapping[str, Any]) -> list[GraspRectangle]:
    size_px = row["width"], row["height"]
    return [GraspRectangle.from_corners(np.array(four), *size_px) for four in corners]


def _answer_problems(
    text: str,
    answer: Answer,
    about: Mapping[str, Any],
    right: Sequence[GraspRectangle],
    labels: Sequence[GraspRectangle],
    before: GraspRectangle | None,
) -> list[str]:
    if answer.rectangle is None:
        return _refusal_problems(answer.reasoning, about, labels)
    problems = [] if agrees(answer.reasoning, answer.rectangle) else ["the text is not grounded"]
    refinement = load_follow_ups().refinements.get(about["kind"])
    if refinement is None:
        problems += _grasp_problems(text, answer, about, right, labels)
    elif before is None or not is_obeyed(refinement, before, answer.rectangle):
        problems.append("the last grasp is not changed as asked")
    elif not any(answer.rectangle.matches(label) for label in right):
        problems.append("the changed grasp is no right one")
    return problems


def _refusal_problems(
    reasoning: str, about: Mapping[str, Any], labels: Sequence[GraspRectangle]
) -> list[str]:
    problems = ["it is refused though it is there"] if labels else []
    if about["object"] not in reasoning:
        problems.append("the refusal does not name what is not there")
    if not states_nothing(reasoning):
        problems.append("the refusal states a grasp")
    return problems


def _grasp_problems(
    text: str,
    answer: Answer,
    about: Mapping[str, Any],
    right: Sequence[GraspRectangle],
    labels: Sequence[GraspRectangle],
) -> list[str]:
    numbers = GraspNumbers.find_in(text)
    meant = [
        label
        for label in right
        if numbers is not None and GraspNumbers.from_rectangle(label) == numbers[1]
    ]
    if not meant:
        return ["the numbers are those of no right grasp"]
    problems = []
    if about["object"] not in answer.reasoning:
        problems.append("the text does not name the object")
    where = f"by its {about['part']}"
    if about["part"] and where not in answer.reasoning:
        problems.append("the text does not name the part")
    stated = stated_in(answer.reasoning) - {where}
    true_of = [situate(label, labels) for label in meant]
    if not any(stated <= {situation.extent, situation.where} for situation in true_of):
        problems.append("the text misplaces the grasp on its object")
    return problems
