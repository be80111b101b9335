"""The error codes say the same in Python, in the ROS interface and in the documentation."""

import re
from pathlib import Path

from rt_grasp_ros.grasp import errors
from rt_grasp_ros.grasp.error_code import ErrorCode

ROOT = Path(__file__).parents[2]
CODES = {code.name: code.value for code in ErrorCode}


def all_subclasses(of: type) -> set[type]:
    return {of}.union(*(all_subclasses(child) for child in of.__subclasses__()))


def test_message_has_the_same_codes():
    text = (ROOT / "msg" / "ErrorCode.msg").read_text()
    constants = re.findall(r"^uint16 ([A-Z_]+)=(\d+)$", text, re.MULTILINE)
    assert {name: int(value) for name, value in constants} == CODES


def test_documentation_explains_every_code_once():
    text = (ROOT / "docs" / "errors.md").read_text()
    rows = re.findall(r"^\| (\d+) \| `([A-Z_]+)` \| (.+) \| (.*) \|$", text, re.MULTILINE)
    assert [(name, int(value)) for value, name, _, _ in rows] == list(CODES.items())
    assert all(meaning.strip() and cure.strip() for _, _, meaning, cure in rows)


def test_every_code_but_ok_has_a_failure():
    raised = {failure.code for failure in all_subclasses(errors.RtGraspError)}
    assert raised == set(ErrorCode) - {ErrorCode.OK}
