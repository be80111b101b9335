"""Each sentence is read as it always was: what is taken, by which part, which one, what is not.

Other tests count over many sentences what must not happen, and allow for a few. Here every sentence
of `readings.yaml` has the one reading that a person would give it.
"""

from pathlib import Path

import pytest
import yaml

from rt_grasp_ros.language.parse_request import parse_request
from rt_grasp_ros.language.request import Intent, Request

READINGS = yaml.safe_load(Path(__file__).with_name("readings.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("sentence", "reading"), READINGS.items())
def test_a_sentence_is_read_as_a_person_would(sentence, reading):
    assert _reading(parse_request(sentence)) == reading


def _reading(request: Request) -> str:
    """Return what is taken, and how, in a line."""
    if request.intent is not Intent.GRASP:
        return request.intent.value
    said = ["take", " ".join([*request.colours, request.noun]).strip()]
    said += [f"with {colour} on it" for colour in request.part_colours]
    said += [f"to {request.purpose}"] if request.purpose else []
    said += [f"by the {request.part}"] if request.part else []
    said += [f"side {request.side.value}"] if request.side else []
    said += [f"size {request.size.value}"] if request.size else []
    said += [f"number {request.rank}"] if request.rank != 1 else []
    said += [f"row {request.row.value}"] if request.row else []
    said += [f"among {request.among.side.value}"] if request.among else []
    if near := request.near:
        said.append(f"{near.relation.value} {' and '.join(filter(None, [near.words, near.also]))}")
    said += [f"not {'by ' * one.is_part}{one.words}" for one in request.excluded]
    said += [f"not {colour}" for colour in request.excluded_colours]
    for one in request.excluded_ones:
        told = [which.value for which in (one.side, one.size) if which]
        said.append(f"not the {' '.join(told)} one")
    return ", ".join(filter(None, said))
