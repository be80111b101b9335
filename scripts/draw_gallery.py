"""The gallery of the documentation: `docs/gallery.md` and its pictures, in `docs/images/gallery/`.

`PYTHONPATH=. .venv/bin/python -m scripts.draw_gallery` draws them again: the shipped example, the
simulated cell and what the embedded model answers there, no ROS. Every word on the page about a
result is what came of it then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rt_grasp_ros.api import CameraIntrinsics, Detection, Grasper, example, load
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker
from rt_grasp_ros.sim.cameras.choice import CameraChoice
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.judge import judge
from rt_grasp_ros.sim.meshes.mesh_entry import shipped_meshes
from rt_grasp_ros.sim.scene import Scene, random_scene

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "images" / "gallery"
JPEG_QUALITY = 82

STRAIGHT_DOWN = CameraChoice()
OBLIQUE = CameraChoice(("d435",), (0.7, 0.7), (30.0, 30.0), with_room=True)


@dataclass(frozen=True, slots=True)
class Shot:
    """What is shown.

    Attributes:
        name: of the picture's file.
        title: what it is an example of.
        commands: said one after the other; the last one's answer is shown.
        objects: on the table; none for the shipped example.
        seed: draws the scene.
        cameras: what sees it.
        lifts: of which object it is looked at whether the arm lifts it; empty: the arm rests.
    """

    name: str
    title: str
    commands: tuple[str, ...]
    objects: tuple[str, ...] = ()
    seed: int = 0
    cameras: CameraChoice = STRAIGHT_DOWN
    lifts: str = ""

    def scene(self) -> Scene:
        """Draw the scene."""
        meshes = {mesh.name: mesh for mesh in shipped_meshes()}
        named = [meshes[name] for name in self.objects if name in meshes]
        return random_scene(self.seed, self.objects, cameras=self.cameras, meshes=named)


KITCHEN = ("mug", "banana", "screwdriver", "scissors")
REAL_THINGS = ("toy_car_wood", "moka_pot", "watch_brown", "plum_fruit")

SHOTS = (
    Shot("example", "The example that ships with the package", ("grasp the mug by its handle",)),
    Shot(
        "part",
        "A part of a thing",
        ("grasp the screwdriver by its handle",),
        KITCHEN,
        seed=7,
        lifts="screwdriver",
    ),
    Shot(
        "other_part",
        "The same thing elsewhere",
        ("grasp the screwdriver by its shaft",),
        KITCHEN,
        seed=7,
    ),
    Shot(
        "follow_up",
        "A follow-up",
        ("grasp the banana", "a bit more to the left"),
        KITCHEN,
        seed=7,
    ),
    Shot("exclusion", "What not to touch", ("grasp the mug, but not by its handle",), KITCHEN, 7),
    Shot("absent", "What is not there is refused", ("grasp the hammer",), KITCHEN, seed=7),
    Shot(
        "which_one",
        "Which of two is measured",
        ("grasp the left mug",),
        ("mug", "banana", "mug"),
        seed=4,
    ),
    Shot(
        "unseen",
        "Things that training never saw, through another camera, in a room",
        ("grasp the toy car",),
        REAL_THINGS,
        seed=3,
        cameras=OBLIQUE,
        lifts="toy car",
    ),
    Shot(
        "unseen_other",
        "The same table, another command",
        ("grasp the moka pot",),
        REAL_THINGS,
        seed=3,
        cameras=OBLIQUE,
    ),
    Shot(
        "unseen_small",
        "And a small thing",
        ("grasp the watch",),
        REAL_THINGS,
        seed=3,
        cameras=OBLIQUE,
        lifts="watch",
    ),
)


def draw(shot: Shot, grasper: Grasper, picker: SimulatedPicker) -> Iterator[str]:
    """Write a shot's pictures and yield its paragraphs, Markdown."""
    yield f"## {shot.title}"
    if not shot.objects:
        found = _ask(shot, grasper, *example())
        yield from _shown(shot, found)
        return
    with Cell(shot.scene()) as cell:
        seen = cell.observe()
        found = _ask(shot, grasper, seen.rgb, seen.depth_m, seen.intrinsics)
        yield from _shown(shot, found)
        if shot.lifts:
            picker.pick(cell, shot.commands[-1], grasper.engine)
            _write(f"{shot.name}_lift", cell.snapshot(640, 480))
            verdict = judge(cell, shot.lifts)
            said = "lifted" if verdict.lifted else "not lifted"
            yield f"![the cell after the pick](images/gallery/{shot.name}_lift.jpg)"
            yield f"The arm carried it out: {said}."


def _ask(
    shot: Shot,
    grasper: Grasper,
    image_rgb: NDArray[np.uint8],
    depth_m: NDArray[np.floating],
    intrinsics: CameraIntrinsics,
) -> Detection:
    dialogue = grasper.dialogue()
    found = [dialogue.detect(image_rgb, depth_m, intrinsics, each) for each in shot.commands]
    return found[-1]


def _shown(shot: Shot, found: Detection) -> Iterator[str]:
    _write(shot.name, found.drawing())
    said = ", then ".join(f'"{command}"' for command in shot.commands)
    yield f"{said}:"
    yield f"![the camera's picture with what was found](images/gallery/{shot.name}.jpg)"
    if found.grasp is not None:
        opening_mm = found.grasp.opening_m * 1000
        yield f"> {found.reasoning}\n\nA grasp with the jaws {opening_mm:.0f} mm apart."
    else:
        yield f"`{found.error_code.name}`: {found.error_message}"


def _write(name: str, image_rgb: NDArray[np.uint8]) -> None:
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    cv2.imwrite(str(PICTURES / f"{name}.jpg"), image_rgb[..., ::-1], quality)


def main() -> None:
    """Write page and pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    grasper, picker = load(), SimulatedPicker()
    parts = [
        "# Gallery",
        "Pictures of the simulated cell and what the shipped model (7.3M parameters, on a CPU) "
        "answers, drawn by\n`PYTHONPATH=. .venv/bin/python -m scripts.draw_gallery`. Each was "
        "chosen to show one thing; how often it goes well is\nmeasured in "
        "[evaluation](evaluation.md). Red: the jaws; light blue: the way they close; grey: "
        "rejected.\nWho made the textured things: `NOTICE`.",
    ]
    for shot in SHOTS:
        print(shot.name, flush=True)
        parts += draw(shot, grasper, picker)
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
