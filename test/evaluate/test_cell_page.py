import re

import pytest
from labels import FixedEngine

from rt_grasp_ros.evaluate.absence import AbsenceTrial, summarise_absence
from rt_grasp_ros.evaluate.cell import PickTrial, summarise
from rt_grasp_ros.evaluate.cell_page import cell_page
from rt_grasp_ros.evaluate.commands import Asking, Phrasing
from rt_grasp_ros.evaluate.follow_up import FollowUpTrial, summarise_follow_ups
from rt_grasp_ros.evaluate.scenes import SceneKind
from rt_grasp_ros.evaluate.trials import Bench
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker

pytestmark = pytest.mark.sim

CORNER = GraspRectangle(5.0, 5.0, 0.0, 300.0, 20.0, 640, 480)
ONE, TWO = SceneKind(1, 1), SceneKind(2, 2)


@pytest.fixture(scope="module")
def sections():
    bench = Bench(FixedEngine(CORNER), SimulatedPicker())
    pick = PickTrial("named", 5, 0, ONE, (Asking.NAME,), Phrasing.PLAIN)
    refinement = FollowUpTrial("refinement", 5, 0, TWO, Phrasing.TRAINED, is_carried_out=False)
    return {
        "named": summarise([pick.run(bench)], 5, "a & b"),
        "absent": summarise_absence([AbsenceTrial("absent", 5, 1, ONE).run(bench)]),
        "refinement": summarise_follow_ups([refinement.run(bench)]),
    }


def test_the_page_shows_every_section_and_needs_no_other_file(sections):
    page = cell_page({"model": "a & b", "lifted_rate": 0.0, **sections})
    assert "<h1>a &amp; b in the simulated cell</h1>" in page
    shown = dict(re.findall(r"<h2>(.*?) \((\d+) shown\)</h2>", page))
    assert shown == {
        "named": "1",
        "absent": "5",
        "refinement": str(sections["refinement"]["follow_ups"]),
    }
    assert page.count("<figure") == sum(map(int, shown.values()))
    assert "lifted nothing" in page
    assert "known absent" in page
    assert "not obeyed, no grasp" in page
    assert page.count('class="hit"') == 2, "what is there was not refused"
    assert "http" not in page


def test_one_run_is_one_section(sections):
    assert "<h2>picks (1 shown)</h2>" in cell_page(sections["named"])
