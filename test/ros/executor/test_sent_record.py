"""What the executor leaves for its guard."""

import os
import tempfile
import time

import numpy as np
import pytest

from rt_grasp_ros.motion.sent_motion import SentMotion
from rt_grasp_ros.motion.trajectory import Trajectory
from rt_grasp_ros.ros.executor.sent_record import SentRecord

pytestmark = pytest.mark.ros


def motion(count, velocity=0.5):
    return Trajectory(
        ("a",),
        np.linspace(0.0, 1.0, count)[:, None],
        np.full((count, 1), velocity),
        np.arange(count) * 0.1,
    )


def test_the_last_motion_is_there_and_no_other():
    record = SentRecord()
    assert record.read() is None
    record.write(SentMotion(motion(300), 1.0))
    braking = SentMotion(
        motion(3, np.nan), 2.0, is_braking=True, is_continuous=(True,), knows_velocities=False
    )
    record.write(braking)
    back = SentRecord(record.descriptor).read()
    assert back.is_braking and back.knows_velocities is False
    assert back.is_continuous == (True,)
    assert back.sent_s == pytest.approx(time.monotonic(), abs=5.0)
    assert back.trajectory.names == ("a",)
    np.testing.assert_array_equal(back.trajectory.positions, motion(3).positions)
    assert np.isnan(back.trajectory.velocities).all()
    record.close()


def test_a_record_whose_writer_died_over_it_is_none():
    record = SentRecord()
    record.write(SentMotion(motion(3), 1.0))
    os.ftruncate(record.descriptor, 40)
    assert record.read() is None
    record.close()


def test_a_disk_that_is_full_or_not_there_changes_nothing(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/there/is/no/such/folder")
    record = SentRecord()
    record.write(SentMotion(motion(3), 1.0))
    assert record.read().trajectory.names == ("a",)
    record.close()
