"""The benchmark of names asks what has one answer, leaves out what it says, and counts rightly."""

import json
from dataclasses import replace

import numpy as np
import pytest
from seen_from_above import seen_from_above

from benchmarks.names import drawn
from benchmarks.names.__main__ import main, report_of
from benchmarks.names.answers import ELSEWHERE, LEFT_OUT, TAUGHT, Outcome, area_under_curve
from benchmarks.names.left_out import splits
from benchmarks.names.questions import ABSENT, questions
from rt_grasp_ros.learn.words.harvest import NamedFeatures
from rt_grasp_ros.learn.words.left_out import is_any_called, is_called
from rt_grasp_ros.model.word_eye.shipped import shipped_word_eye
from rt_grasp_ros.sim.meshes.mesh_entry import SHIPPED_FOLDER, shipped_meshes


def thing(name, noun, colour="red", others=()):
    mesh = shipped_meshes()[0]
    size_m = (0.04, 0.04, 0.1)
    return replace(mesh, name=name, noun=noun, colour=colour, other_names=others, size_m=size_m)


MUG, RED_BOX, BLUE_BOX = (
    thing("mug", "mug", others=("cup", "coffee mug")),
    thing("red box", "box", "red", ("carton",)),
    thing("blue box", "box", "blue", ("gift box",)),
)
CUTTER = thing("knife", "knife")


@pytest.fixture(scope="module")
def eye():
    return shipped_word_eye()


def commands(table, eye, kind):
    asked = questions(table, [MUG, RED_BOX, CUTTER], eye.texts)
    return {one.command: one.thing for one in asked if one.kind == kind}


def test_only_what_has_one_answer_is_asked(eye):
    table = seen_from_above((MUG, 0, 0), (RED_BOX, -0.3, 0.0), (BLUE_BOX, 0.3, 0.0))
    assert commands(table, eye, "name") == {"grasp the mug": 0}
    assert set(commands(table, eye, "other name").values()) == {0, 1, 2}
    assert commands(table, eye, "colour") == {
        "grasp the red mug": 0,
        "grasp the red box": 1,
        "grasp the blue box": 2,
    }
    assert commands(table, eye, "relation") == {
        "grasp the box to the left of the mug": 1,
        "grasp the box to the right of the mug": 2,
    }


def test_what_is_away_from_the_camera_is_behind_and_what_is_close_is_next_to(eye):
    table = seen_from_above((MUG, 0, 0), (RED_BOX, 0.0, 0.1), (BLUE_BOX, 0.02, -0.4))
    found = commands(table, eye, "relation")
    assert set(found) <= {"grasp the box behind the mug", "grasp the box next to the mug"} | {
        "grasp the box in front of the mug"
    }
    assert found.pop("grasp the box in front of the mug") == 2
    assert set(found.values()) == {1}


def test_what_is_like_something_there_is_not_taken_for_absent(eye):
    table = seen_from_above((MUG, 0, 0), (BLUE_BOX, 0.3, 0.0))
    asked = questions(table, [MUG, RED_BOX, CUTTER], eye.texts)
    absent = [one for one in asked if one.kind == ABSENT]
    assert all(one.thing is None for one in absent)
    nouns = {one.noun for one in absent}
    assert "knife" in nouns
    assert not nouns & {"mug", "cup", "box", "carton"}
    assert len(nouns) == 5


def test_a_noun_is_what_its_name_ends_with():
    assert is_called(("spray bottle", "cleaner"), "bottle")
    assert is_called(("bottle",), "bottle")
    assert not is_called(("bottle opener",), "bottle")
    assert not is_called(("eggcup",), "cup")


def test_each_noun_is_left_out_once_with_all_that_is_called_so(eye):
    rng = np.random.default_rng(0)
    things = [MUG, RED_BOX, CUTTER, thing("toy", "toy car"), thing("car", "car")]
    names = tuple(one.names for one in things)
    features = np.abs(rng.normal(1, 1, (5, 1280))).astype(np.float32)
    found = NamedFeatures(features, tuple(one.name for one in things), names)
    some = list(splits(found, things, eye, seed=0))
    assert sorted(noun for one in some for noun in one.left_out) == sorted(
        one.noun for one in things
    )
    for split in some:
        known = split.eye.word_map.vocabulary
        for one in things:
            is_known = bool((known @ eye.texts.embeddings([one.noun])[0] > 0.999).any())
            if one.noun in ("toy car", "knife"):  # neither is among ImageNet's
                assert is_known != is_any_called(one.names, split.left_out)
        assert not ("car" in split.left_out and not is_any_called(("toy car",), split.left_out))
        assert (split.eye.word_map.calibration == eye.word_map.calibration).all()
        assert not np.allclose(split.eye.word_map.map, eye.word_map.map)


def outcome(kind, fit, group=TAUGHT, *, right=False, seed=0):
    return Outcome(("usual", seed), kind, group, fit, right, is_asked_back=False)


def test_the_area_counts_pairs_and_equal_fits_half():
    some = [outcome("name", 2.0), outcome("name", 0.0), outcome(ABSENT, 0.0), outcome(ABSENT, -3.0)]
    area, error = area_under_curve(some)
    assert area == pytest.approx(3.5 / 4)
    assert error == 0.0
    apart = [replace(one, table=("usual", k)) for k, one in enumerate(some * 3)]
    assert area_under_curve(apart)[0] == pytest.approx(3.5 / 4)
    assert area_under_curve(apart)[1] > 0.02


def test_what_is_refused_is_not_right_and_groups_are_apart():
    told = report_of(
        [
            outcome("name", 2.0, right=True),
            outcome("name", -1.0, right=True, seed=1),
            outcome("name", 1.0, LEFT_OUT),
            outcome(ABSENT, -1.0, ELSEWHERE),
        ]
    )["usual"]
    taught = told[TAUGHT]["name"]
    assert (taught["n"], taught["right_thing"], taught["right"], taught["refused"]) == (
        2,
        1,
        0.5,
        0.5,
    )
    assert told[LEFT_OUT]["name"]["right_thing"] == 0.0
    assert told[ELSEWHERE][ABSENT] == {"n": 1, "tables": 1, "refused": 1.0, "refused_se": None}
    assert told[TAUGHT]["area"]["area"] == 0.75


@pytest.mark.sim
def test_it_runs_on_shipped_meshes_and_draws_once(tmp_path, monkeypatch, capsys, eye):
    monkeypatch.setattr("benchmarks.names.__main__.load_word_eye", lambda _: eye)
    told = []
    for name in ("first", "again"):
        arguments = ["--meshes", SHIPPED_FOLDER, "--work", tmp_path / "work"]
        arguments += ["--fitted", 1, "--usual", 1, "--crowded", 0, "--json", tmp_path / name]
        main([str(one) for one in arguments])
        told.append(json.loads((tmp_path / name).read_text(encoding="utf-8")))
        monkeypatch.setattr(drawn, "_draw", None)
    assert told[0] == told[1]
    assert told[0]["usual"][LEFT_OUT][ABSENT]["n"] > 0
    asked = sum(rows["name"]["n"] for rows in told[0]["usual"].values() if "name" in rows)
    assert asked % 3 == 0 and asked > 0
    assert "usual" in capsys.readouterr().out
