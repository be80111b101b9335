import pytest
from labels import FixedEngine

from rt_grasp_ros.evaluate.absence import AbsenceTrial, summarise_absence
from rt_grasp_ros.evaluate.scenes import SceneKind
from rt_grasp_ros.evaluate.trials import Bench
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.unseen_commands import load_unseen_commands
from rt_grasp_ros.language.vocabulary import load_vocabulary
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker

pytestmark = pytest.mark.sim

PRESENCES = ["present", "present", "known_absent", "trained_noun", "unknown_noun"]
RECTANGLE = GraspRectangle(100.0, 80.0, 0.3, 40.0, 20.0, 640, 480)


@pytest.fixture(scope="module")
def picker():
    return SimulatedPicker()


def rows(engine, picker, count=2):
    bench = Bench(engine, picker)
    return [AbsenceTrial("absent", 7, i, SceneKind(4, 5)).run(bench) for i in range(count)]


def test_the_truth_refuses_what_is_absent_and_nothing_else(picker):
    done = rows(None, picker)
    for row in done:
        assert [q["presence"] for q in row["questions"]] == PRESENCES
        names = {name for one in row["objects"] for name in load_vocabulary().objects[one].names}
        absent = row["questions"][2]["command"]
        assert not any(f" {name}" in f" {absent}" for name in names)
        unknown = row["questions"][4]["command"]
        assert any(noun in unknown for noun in load_unseen_commands().absent_nouns)
    report = summarise_absence(done)
    assert report["absent_refused_rate"] == 1.0
    assert report["known_absent_refused_rate"] == 1.0
    assert report["false_refusal_rate"] == 0.0
    assert report["questions"] == 10


@pytest.mark.parametrize(
    ("engine", "absent", "false", "garbled"),
    [
        (FixedEngine(None), 1.0, 1.0, 0.0),
        (FixedEngine(RECTANGLE), 0.0, 0.0, 0.0),
        (FixedEngine(), 0.0, 0.0, 1.0),
    ],
)
def test_rates(engine, absent, false, garbled, picker):
    report = summarise_absence(rows(engine, picker, count=1))
    assert report["absent_refused_rate"] == absent
    assert report["false_refusal_rate"] == false
    assert report["garbled_rate"] == garbled
