"""The disk is full while attempts are recorded."""

from __future__ import annotations

import resource
import tempfile
from pathlib import Path

from benchmarks.faults.chain import PERCEPTION, Chain
from benchmarks.faults.trial import Case, Trial
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.ros.rclpy_fixes.service_call import comes_true

_ROOM_BYTES = 65_536  # an attempt takes several hundred thousand
_WRITTEN_TIMEOUT_S = 20.0


def cases() -> list[Case]:
    """Return what can happen to recordings."""
    return [
        Case(
            "recording",
            "disk full while recording",
            f"the system lets the perception node write no file beyond {_ROOM_BYTES} bytes",
            "recording",
            _fill_disk,
        )
    ]


def _fill_disk(trial: Trial) -> None:
    chain = trial.chain
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chain.replace(PERCEPTION, record_dir=name)
        trial.ask()
        trial.require(_wait_for_whole(folder, 1), "nothing was recorded before")
        pid = chain.pid(PERCEPTION)
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (_ROOM_BYTES, resource.RLIM_INFINITY))
        trial.fault()
        attempt = trial.ask(execute=True)
        trial.require_code(attempt, ErrorCode.OK)
        trial.require_arm_still()
        trial.require(_wait_for_log(chain), "the log does not say that attempts are lost")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        trial.recover()
        trial.require(_wait_for_whole(folder, 2), "recording did not go on")


def _wait_for_whole(folder: Path, count: int) -> bool:
    """Wait until that many whole attempts lie in a folder."""

    def is_there() -> bool:
        sizes_bytes = [path.stat().st_size for path in folder.glob("*.mcap")]
        return sum(size_bytes > _ROOM_BYTES for size_bytes in sizes_bytes) >= count

    return comes_true(is_there, _WRITTEN_TIMEOUT_S)


def _wait_for_log(chain: Chain) -> bool:
    """Wait until the perception node says that attempts are lost; they are written behind it."""
    log = chain.log(PERCEPTION)
    return comes_true(
        lambda: "Attempts are not recorded" in log.read_text(errors="replace"), _WRITTEN_TIMEOUT_S
    )
