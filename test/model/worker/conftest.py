"""Workers that end with their tests."""

import pytest
from asked_worker import GOOD

from rt_grasp_ros.model.worker import worker as worker_module
from rt_grasp_ros.model.worker.worker import ModelWorker


@pytest.fixture(scope="module")
def worker():
    worker = ModelWorker(GOOD, load_timeout_s=60.0, max_restarts=1)
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def patience(monkeypatch):
    """Give a model that hears of its end between two words the time that a busy machine takes."""
    monkeypatch.setattr(worker_module, "_CANCEL_TIMEOUT_S", 60.0)


@pytest.fixture
def make_worker():
    made = []

    def make(source, **options):
        made.append(ModelWorker(source, **options))
        return made[-1]

    yield make
    for worker in made:
        worker.stop()
