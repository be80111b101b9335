"""The last trajectory that the arm was sent, kept where another process finds it."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress

import numpy as np

from ...motion.sent_motion import SentMotion
from ...motion.trajectory import Trajectory


class SentRecord:
    """An open file in memory that a child process inherits; it holds one motion.

    A disk that is full keeps nobody from stopping the arm. Whoever writes never waits for whoever
    reads. Times are of the machine's monotonic clock, which both share.

    Attributes:
        descriptor: what the child process is given.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        """Begin with nothing sent, or with the record of a parent process.

        Args:
            descriptor: of the open file that the parent process gave this one.
        """
        if descriptor is None:
            descriptor = os.memfd_create("rt_grasp_sent")
        self.descriptor = descriptor

    def write(self, sent: SentMotion) -> None:
        """Keep a motion that is sent now, in place of the one before."""
        motion = sent.trajectory
        entry = {
            "sent_s": time.monotonic(),
            "is_braking": sent.is_braking,
            "is_continuous": sent.is_continuous,
            "knows_velocities": sent.knows_velocities,
            "names": motion.names,
            "positions": motion.positions.tolist(),
            "velocities": motion.velocities.tolist(),
            "times_s": motion.times_s.tolist(),
        }
        text = json.dumps(entry).encode()
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, text, 0)

    def read(self) -> SentMotion | None:
        """Return the last motion; None where there is none, or its writer died over it."""
        text = os.pread(self.descriptor, os.fstat(self.descriptor).st_size, 0)
        with suppress(ValueError, KeyError):
            entry = json.loads(text)
            motion = Trajectory(
                tuple(entry["names"]),
                np.array(entry["positions"], dtype=np.float64),
                np.array(entry["velocities"], dtype=np.float64),
                np.array(entry["times_s"], dtype=np.float64),
            )
            return SentMotion(
                motion,
                entry["sent_s"],
                entry["is_braking"],
                tuple(entry["is_continuous"]),
                entry["knows_velocities"],
            )
        return None

    def close(self) -> None:
        """Give the file back."""
        os.close(self.descriptor)
