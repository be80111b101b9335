"""Topics as drivers send them: through ROS, by the tests that run the real subscriptions."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.strangers.case import Case, CaseFailed

_TESTS = Path(__file__).parents[3] / "test/ros/camera/test_camera_subscriptions.py"
_TIMEOUT_S = 180.0
_KINDS = (
    ("only compressed topics, camera_info latched", "latched", "zivid-ros#135", "a picture comes"),
    ("pictures on a trigger", "trigger", "zivid-ros#105", "the service is called first"),
    ("stamps of zero and since boot", "stamps", "MYNT-EYE#24", "named; camera_stamps: arrival"),
    ("another topic", "instead", "darknet_ros#356", "what is there is said"),
)


def cases() -> list[Case]:
    """Return the cases of this kind."""
    return [
        Case("camera topics", name, source, right, partial(_try, words), is_quick=False)
        for name, words, source, right in _KINDS
    ]


def _try(words: str) -> str:
    command = [sys.executable, "-m", "rt_grasp_ros.bootstrap", sys.executable, "-m", "pytest"]
    done = subprocess.run(
        [*command, "-q", str(_TESTS), "-k", words],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    last = next(line for line in reversed(done.stdout.splitlines()) if " in " in line)
    if done.returncode:
        raise CaseFailed(last)
    return last
