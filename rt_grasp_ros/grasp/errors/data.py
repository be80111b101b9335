"""Files that can't be read, and attempts that can't be written."""

from __future__ import annotations

from pathlib import Path

from ..error_code import ErrorCode
from .base import RtGraspError


class DataInvalid(RtGraspError):
    """A data set's file or a recording is missing or can't be read."""

    code = ErrorCode.DATA_INVALID


class RecordingFailed(RtGraspError):
    """An attempt could not be recorded; the attempt itself goes on."""

    code = ErrorCode.RECORDING_FAILED

    def __init__(self, folder: Path, problem: str, advice: str) -> None:
        self.folder, self.problem = folder, problem
        super().__init__(
            f"Attempts are not recorded in {folder} ({problem}); {advice}. Grasping goes on."
        )
