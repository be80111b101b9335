"""Answers as chat models write them, put to the family `realvlg_r1`."""

from __future__ import annotations

from functools import partial

from benchmarks.strangers.case import Case, CaseFailed
from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.model.families.realvlg_r1 import FAMILY

_ITEM = "answers"
_SOURCE = "VLM-R1#124; parse_rect of RealVLG-R1"
_THINK = "<think>It is long.</think>\n"
_READ = {
    "square brackets": _THINK + "<answer>[322, 238, 30, 60]</answer>",
    "no brackets": _THINK + "<answer>322, 238, 30, 60</answer>",
    "trailing dots": _THINK + "<answer>(322., 238., 30., 60.)</answer>",
    "a degree sign": _THINK + "<answer>(322, 238, 30\u00b0, 60)</answer>",
    "exponents": _THINK + "<answer>(3.22e2, 238, 3e1, 60)</answer>",
    "names": _THINK + "<answer>(x=322, y=238, theta=30, width=60)</answer>",
    "JSON in a fence, width first": _THINK
    + '<answer>```json\n{"width": 60, "x": 322, "y": 238, "theta": 30}\n```</answer>',
    "full width": _THINK + "<answer>\uff08322\uff0c238\uff0c30\uff0c60\uff09</answer>",
    "an example in the thoughts": "<think>I write <answer>(1, 2, 3, 4)</answer>.</think>"
    "<answer>(322, 238, 30, 60)</answer>",
    "the opening tag in the template": "It is long.</think><answer>(322, 238, 30, 60)</answer>",
    "no answer tags": _THINK + "The grasp is (322, 238, 30, 60).",
}
_REFUSED = {
    "an answer in thoughts that do not end": "<think>I write <answer>(1, 2, 3, 4)</answer>, so",
    "a box": _THINK + '<answer>{"bbox_2d": [300, 200, 340, 270]}</answer>',
    "radians": _THINK + "<answer>(322, 238, 0.52 rad, 60)</answer>",
    "a negative width": _THINK + "<answer>(322, 238, 30, -60)</answer>",
    "five numbers": _THINK + "<answer>(1,322, 238, 30, 60)</answer>",
}


def cases() -> list[Case]:
    """Return the cases of this kind."""
    return [
        *(Case(_ITEM, name, _SOURCE, "read", partial(_read, text)) for name, text in _READ.items()),
        *(
            Case(_ITEM, name, _SOURCE, "MODEL_ANSWER_GARBLED", partial(_refuse, text))
            for name, text in _REFUSED.items()
        ),
    ]


def _read(text: str) -> str:
    rectangle = FAMILY.read(text, 644, 476).rectangle
    if rectangle is None or (rectangle.x_px, rectangle.y_px, rectangle.opening_px) != (
        322,
        238,
        60,
    ):
        raise CaseFailed(f"read as {rectangle}")
    return "(322, 238) opening 60 px"


def _refuse(text: str) -> str:
    try:
        answer = FAMILY.read(text, 644, 476)
    except AnswerGarbled:
        return "MODEL_ANSWER_GARBLED"
    raise CaseFailed(f"read as {answer.rectangle}")
