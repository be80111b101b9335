import os
from pathlib import Path

import pytest
from tiny_meshes import tiny_folder

from rt_grasp_ros.cli.demo_cell import (
    DemoScene,
    Named,
    keep_to_this_machine,
    named_object,
    objects_for,
)
from rt_grasp_ros.sim.cameras.choice import CameraChoice
from rt_grasp_ros.sim.objects import HELD_OUT
from rt_grasp_ros.sim.scene import random_scene


@pytest.mark.parametrize(
    "command, name",
    [
        ("grasp the banana", "banana"),
        ("Grasp the SCREWDRIVER by its handle", "screwdriver"),
        ("take the coffee mug", "mug"),
        ("pick up the toothbrush", "toothbrush"),
        ("grasp the unicorn", None),
        ("bananarama", None),
    ],
)
def test_the_named_object_is_found_in_the_command(command, name):
    assert named_object(command) == name


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["banana", "hammer"])
def test_the_scene_holds_the_named_object_once_among_others(name, seed):
    names = objects_for([name], seed)
    assert names.count(name) == 1
    assert len(names) > 1
    assert not set(names) & set(HELD_OUT)
    assert [placed.name for placed in random_scene(seed, names).objects] == names


def test_the_same_seed_gives_the_same_objects():
    assert objects_for(["mug"], 7) == objects_for(["mug"], 7)
    assert objects_for(["mug"], 7) != objects_for(["mug"], 8)


def test_the_scene_holds_what_the_follow_ups_name_too():
    names = objects_for(["mug", "banana"], 0)
    assert names[:2] == ["mug", "banana"]
    assert len(set(names)) == len(names) == 4


def test_a_command_that_names_nothing_known_gets_the_scene_of_its_seed():
    assert objects_for([], 3) == [placed.name for placed in random_scene(3).objects]


def test_pictures_get_room_in_shared_memory_unless_the_user_has_profiles(monkeypatch):
    for name in ("ROS_AUTOMATIC_DISCOVERY_RANGE", "ROS_DOMAIN_ID"):
        monkeypatch.setenv(name, "before")
    monkeypatch.setenv("FASTRTPS_DEFAULT_PROFILES_FILE", "my.xml")
    monkeypatch.setenv("FASTDDS_DEFAULT_PROFILES_FILE", "")
    monkeypatch.delenv("FASTDDS_DEFAULT_PROFILES_FILE")
    keep_to_this_machine()
    assert os.environ["FASTRTPS_DEFAULT_PROFILES_FILE"] == "my.xml"
    profiles = Path(os.environ["FASTDDS_DEFAULT_PROFILES_FILE"])
    assert "segment_size" in profiles.read_text()


CELLS = CameraChoice()


def test_a_mesh_that_ships_is_put_on_the_table_by_its_name():
    scene = DemoScene(0, (), CELLS)
    assert scene.named("grasp the toy car") == Named("toy_car_wood", "toy car")
    parameters = scene.parameters(["grasp the toy car"])
    names = parameters["object_names"].split(",")
    assert names[0] == "toy_car_wood"
    assert len(names) == 4
    assert (parameters["camera"], parameters["height_m"], parameters["tilt_deg"]) == (
        "cell",
        "",
        "",
    )


def test_known_objects_stay_those_of_the_cell_though_a_mesh_has_the_name():
    scene = DemoScene(0, (), CELLS)
    assert scene.named("grasp the white mug") == Named("mug", "mug")
    assert scene.named("grasp the unicorn") is None
    assert scene.parameters(["grasp the banana"])["object_names"] == ",".join(
        objects_for(["banana"], 0)
    )


def test_meshes_that_are_given_come_first(tmp_path):
    folder = tiny_folder(tmp_path / "m")
    scene = DemoScene(0, (str(folder),), CameraChoice(("d435",), (0.5, 0.8), (30.0, 30.0)))
    assert scene.named("grasp the toy bar") == Named("bar_blue", "bar")
    parameters = scene.parameters(["grasp the bar"])
    assert parameters["object_names"].startswith("bar_blue,")
    assert parameters["mesh_folders"] == str(folder)
    assert (parameters["camera"], parameters["height_m"]) == ("d435", "0.5:0.8")
