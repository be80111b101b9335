import pytest

from rt_grasp_ros.evaluate.lenses import CAMERAS, LensTrial, lens_trials, summarise_lenses
from rt_grasp_ros.evaluate.trials import Bench
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker
from rt_grasp_ros.sim.cameras.choice import CameraChoice

SLANTED = CameraChoice(("d435",), (0.7, 0.7), (30.0, 30.0))


@pytest.mark.sim
def test_the_truth_is_found_through_any_camera_with_the_same_scene_and_command():
    bench = Bench(None, SimulatedPicker())
    rows = [
        LensTrial(section, 3, 0, cameras).run(bench)
        for section, cameras in (("cell", CameraChoice()), ("slanted", SLANTED))
    ]
    assert rows[0]["scene_seed"] == rows[1]["scene_seed"]
    assert rows[0]["command"] == rows[1]["command"]
    assert [row["found"] for row in rows] == [True, True]
    assert [row["is_asked"] for row in rows] == [True, True]
    assert rows[0]["absent"] == rows[1]["absent"], "the same is asked through every camera"
    assert [len(row["absent"]) for row in rows] == [3, 3]
    assert [row["absent_taken"] for row in rows] == [[], []]


def test_every_camera_height_and_slant_has_a_section_and_one_can_be_asked_for_alone():
    sections = {trial.section for trial in lens_trials(2, 1)}
    assert {f"{name} 1.2 m 45 deg" for name in CAMERAS} <= sections
    assert {"cell", "cell 0.45 m 0 deg", "azure_kinect 0.7 m 30 deg"} <= sections
    assert len(sections) == 1 + 4 * 3 * 3
    assert {trial.section for trial in lens_trials(1, 1, SLANTED)} == {"cell", "chosen"}


def row(found, asked=True, error="OK", taken=()):
    return {
        "is_asked": asked,
        "found": found,
        "executable": found,
        "error": error,
        "absent": ["grasp the bun", "grasp the nut"],
        "absent_taken": list(taken),
    }


def test_losses_are_those_of_the_same_scenes_and_unseen_things_do_not_count():
    rows = {
        "cell": [row(True), row(True), row(True), row(False)],
        "wide": [row(True), row(False, error="NO_DEPTH"), row(False, False), row(False)],
    }
    report = summarise_lenses(rows)["by_camera"]
    assert report["cell"]["found_rate"] == 0.75
    assert report["cell"]["loss"] == 0.0
    assert report["wide"]["asked"] == 3
    assert report["wide"]["found_rate"] == pytest.approx(1 / 3)
    assert report["wide"]["loss"] == pytest.approx(1 / 3)
    assert report["wide"]["loss_se"] == pytest.approx((2 / 9 / 3) ** 0.5)
    assert report["wide"]["errors"] == {"NO_DEPTH": 1}


def test_what_is_not_there_counts_whether_or_not_the_thing_that_is_was_seen():
    rows = {"cell": [row(True), row(False, False, taken=["grasp the nut"])]}
    report = summarise_lenses(rows)["by_camera"]["cell"]
    assert report["absent_refused_rate"] == 0.75
    assert report["absent_refused_rate_se"] == pytest.approx((0.75 * 0.25 / 4) ** 0.5)
