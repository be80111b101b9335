"""The gallery shows each of its examples, and its pictures are those that were drawn, and small."""

import re

import pytest

from scripts.draw_gallery import PAGE, PICTURES, SHOTS

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_every_example_is_on_the_page(shot):
    section = TEXT.partition(f"## {shot.title}\n")[2].partition("\n## ")[0]
    assert ", then ".join(f'"{command}"' for command in shot.commands) + ":" in section
    assert f"(images/gallery/{shot.name}.jpg)" in section
    assert (f"(images/gallery/{shot.name}_lift.jpg)" in section) == bool(shot.lifts)
    # A grasp and what the model says of it, or why there is none.
    assert (
        len(re.findall(r"^> .+\n\nA grasp with the jaws \d+ mm|^`[A-Z_]+`: ", section, re.M)) == 1
    )


def test_the_pictures_are_those_of_the_page_and_small():
    shown = set(re.findall(r"\(images/gallery/(\w+\.jpg)\)", TEXT))
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert sizes.keys() == shown
    assert sum(sizes.values()) < 1_500_000


def test_the_page_says_how_it_was_made():
    assert "python -m scripts.draw_gallery" in TEXT
    names = [shot.name for shot in SHOTS]
    assert len(names) == len(set(names))
