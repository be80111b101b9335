"""The drawing of the rooms shows each of them, and its arrows lead down."""

import re
import xml.etree.ElementTree as ET

import pytest

from scripts.draw_architecture import BOX_PX, DRAWING, about, depths, reached, reduced
from scripts.room_imports import room_graph, rooms

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def graph():
    return room_graph()


@pytest.fixture(scope="module")
def drawn():
    """Return the boxes of the committed drawing by room, as (left, top), and its arrows."""
    root = ET.parse(DRAWING).getroot()
    boxes = {
        group.find(f"{SVG}text").text: tuple(
            float(group.find(f"{SVG}rect").get(side)) for side in "xy"
        )
        for group in root.iter(f"{SVG}g")
    }
    arrows = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    return boxes, arrows


def test_what_the_code_imports_is_read(graph):
    assert graph["grasp"] == set()
    assert graph["language"] == {"grasp"}
    assert {"grasp", "pipeline", "model", "data"} <= graph["api.py"]
    assert graph.keys() == set(rooms())


def test_what_a_chain_of_others_says_is_left_out_and_nothing_else():
    graph = {"a": {"b", "c", "d"}, "b": {"c"}, "c": set(), "d": set()}
    assert reduced(graph) == {"a": ["b", "d"], "b": ["c"], "c": [], "d": []}
    assert depths(graph) == {"a": 2, "b": 1, "c": 0, "d": 0}


def test_every_room_can_be_reached_as_before(graph):
    fewer = reduced(graph)
    assert all(reached(fewer, room) == reached(graph, room) for room in graph)


def test_every_room_is_drawn_and_no_two_overlap(drawn):
    boxes, _ = drawn
    assert boxes.keys() == set(rooms())
    width_px, height_px = BOX_PX
    places = sorted(boxes.values())
    for i, (x, y) in enumerate(places):
        for other_x, other_y in places[i + 1 :]:
            assert other_x - x >= width_px or abs(other_y - y) >= height_px


def test_arrows_lead_down_from_a_room_to_a_room(drawn, graph):
    boxes, arrows = drawn
    width_px, height_px = BOX_PX
    starts = {(x + width_px / 2, y + height_px): room for room, (x, y) in boxes.items()}
    ends = {(x + width_px / 2, y): room for room, (x, y) in boxes.items()}
    found = []
    for arrow in arrows:
        points = [tuple(map(float, pair)) for pair in re.findall(r"(-?\d+),(-?\d+)", arrow)]
        heights = [float(y) for y in re.findall(r"(?:,|V)(-?\d+)", arrow)]
        assert heights == sorted(heights)
        found.append((starts[points[0]], ends[points[-1]]))
    assert sorted(found) == sorted(
        (room, other) for room, others in reduced(graph).items() for other in others
    )


def test_a_room_says_in_a_few_words_what_it_is():
    assert about("grasp") == "Grasps in images and in space"
    assert about("api.py") == "Grasps from Python"
    assert about("cli") == "The rt-grasp command line"
