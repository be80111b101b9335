"""What workers are asked, and a model that behaves well."""

import time

import numpy as np

from rt_grasp_ros.model.worker.worker_messages import EngineSource

IMAGE = np.zeros((48, 64, 3), np.uint8)
GOOD = EngineSource("fake_engines:well_behaved", {"opening_fraction": 0.25})


def ask(worker, command, timeout_s=60.0, **options):
    return worker.answer(IMAGE, command, 2, timeout_s, **options)


def wait_for(heard):
    while not heard:
        time.sleep(0.01)
