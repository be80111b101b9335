"""Every failure is taken from `grasp.errors`, whatever its theme, and says what to do."""

import ast
import pickle
from pathlib import Path

import pytest

from rt_grasp_ros.grasp import errors
from rt_grasp_ros.grasp.errors import AnswerGarbled, ObjectNotFound, OpeningTooWide

FOLDER = Path(errors.__file__).parent


def test_every_failure_of_a_theme_is_taken_from_the_package():
    written = {
        node.name
        for path in FOLDER.glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    assert len(written) > 60
    assert written == set(errors.__all__) == {n for n in vars(errors) if n[:1].isupper()}


def test_every_failure_is_one_of_the_package():
    assert all(issubclass(getattr(errors, name), errors.RtGraspError) for name in errors.__all__)


def test_message_of_a_failure_is_what_it_was_raised_with():
    assert errors.OpeningTooWide(0.12, 0.08).message == (
        "The grasp needs an opening of 120 mm, the gripper opens 80 mm; ask for a narrower part."
    )


def test_an_opening_a_little_too_wide_is_not_rounded_to_what_fits():
    message = errors.OpeningTooWide(0.0802, 0.08).message
    assert "an opening of 80.2 mm, the gripper opens 80.0 mm" in message


@pytest.mark.parametrize(
    "error", [AnswerGarbled("words"), ObjectNotFound("nothing there"), OpeningTooWide(0.1, 0.08)]
)
def test_errors_keep_sentence_code_and_data_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.message, copy.code) == (type(error), error.message, error.code)
    assert vars(copy) == vars(error)
