"""Whether known objects are found through other cameras, heights and slants; nothing moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..metrics.pointing import pointed_part
from ..metrics.rates import rate_fields
from ..rollout.simulated_pick import Oracle
from ..sim.cameras.choice import CameraChoice
from ..sim.cell import Cell
from ..sim.scene import seen_by
from .absence import ABSENT, draw_absent
from .commands import Asking, Phrasing, draw_command
from .scenes import SceneKind, draw_scene
from .trials import Bench, Row

REFERENCE = "cell"
"""The section that the others are compared with: the cell's own camera."""

CAMERAS = ("d435", "d455", "azure_kinect")
HEIGHTS_M = (0.45, 0.7, 1.2)
TILTS_DEG = (0.0, 30.0, 45.0)
_SCENES = SceneKind(3, 5)


@dataclass(frozen=True, slots=True)
class LensTrial:
    """A random scene and a command by name, about a picture of one camera.

    The object that is meant is drawn among those that the cell's own camera sees, so that all
    cameras are asked the same; one that the camera does not see well counts as not asked.

    Attributes:
        section: names the camera, its height and slant.
        seed: of the run.
        index: in the run; scene and command depend on seed and index alone.
        cameras: the camera.
    """

    section: str
    seed: int
    index: int
    cameras: CameraChoice

    @property
    def key(self) -> str:
        """See `Trial`."""
        return f"{self.section}/{self.index}"

    def run(self, bench: Bench) -> Row:
        """Ask, and look where the answer points; then ask for three things that are not there."""
        rng = np.random.default_rng((self.seed, self.index))
        command = None
        while command is None:
            scene = draw_scene(_SCENES, rng)
            with Cell(scene) as cell:
                command = draw_command(cell.labels(), Asking.NAME, Phrasing.PLAIN, rng)
        if not self.cameras.is_cells:
            scene = seen_by(scene, self.cameras)
        with Cell(scene) as cell:
            labels, part_ids = cell.labels(), cell.part_ids()
            meant = next(one for one in labels if one.part_id == command.label.part_id)
            of_it = [one.part_id for one in labels if one.object_index == meant.object_index]
            seen = cell.observe()
            is_asked = meant.visible_fraction > 0 and meant.rectangle.is_inside_image
            engine = bench.engine or Oracle(meant.rectangle)
            outcome = bench.picker.find(seen, command.text, engine) if is_asked else None
            present = {one.object_name for one in labels}
            absent = [draw_absent(one, present, Asking.NAME, rng) for one in ABSENT]
            nothing = bench.engine or Oracle(None)
            taken = [text for text in absent if bench.picker.find(seen, text, nothing).candidates]
        best = outcome.candidates[0].grasp if outcome and outcome.candidates else None
        pointed = 0 if best is None else pointed_part(part_ids, best.rectangle)
        return {
            "scene_seed": scene.seed,
            "command": command.text,
            "is_asked": is_asked,
            "found": pointed in of_it,
            "executable": best is not None and best.is_executable,
            "error": "" if outcome is None else outcome.error_code.name,
            "absent": absent,
            "absent_taken": taken,
        }


def lens_trials(count: int, seed: int, only: CameraChoice | None = None) -> list[LensTrial]:
    """Return the trials of every camera, height and slant, and of the cell's own camera.

    Args:
        count: scenes for each.
        seed: of the run.
        only: measure this choice alone beside the cell's camera; all of this file if left out.
    """
    choices = {REFERENCE: CameraChoice()}
    if only is not None:
        choices["chosen"] = only
    else:
        for name in (REFERENCE, *CAMERAS):
            for height_m in HEIGHTS_M:
                for tilt_deg in TILTS_DEG:
                    one = CameraChoice((name,), (height_m, height_m), (tilt_deg, tilt_deg))
                    choices[f"{name} {height_m:g} m {tilt_deg:g} deg"] = one
    return [
        LensTrial(section, seed, index, cameras)
        for section, cameras in choices.items()
        for index in range(count)
    ]


def summarise_lenses(rows: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Return the report, ready for JSON.

    `found_rate`: of the objects asked for that the camera sees, those between the jaws of the
    answer. `loss`: how much rarer that is than through the cell's camera, on the same scenes, with
    the standard error of the paired differences. `absent_refused_rate`: of the things asked for
    that are not there, those for which no grasp was answered.

    Args:
        rows: of each section, from `LensTrial.run`; the reference among them.
    """
    reference = rows[REFERENCE]
    return {
        "reference": REFERENCE,
        "scenes": len(reference),
        "by_camera": {
            section: {
                "asked": sum(row["is_asked"] for row in some),
                **rate_fields("found_rate", (row["found"] for row in some if row["is_asked"])),
                **rate_fields(
                    "executable_rate",
                    (row["found"] and row["executable"] for row in some if row["is_asked"]),
                ),
                **_loss(reference, some),
                **rate_fields(
                    "absent_refused_rate",
                    (text not in row["absent_taken"] for row in some for text in row["absent"]),
                ),
                "errors": _errors(some),
            }
            for section, some in rows.items()
        },
        "trials_detail": {section: list(some) for section, some in rows.items()},
    }


def _loss(reference: Sequence[Row], rows: Sequence[Row]) -> dict[str, float | None]:
    pairs = [
        float(ours["found"]) - float(theirs["found"])
        for ours, theirs in zip(reference, rows, strict=True)
        if ours["is_asked"] and theirs["is_asked"]
    ]
    if not pairs:
        return {"loss": None, "loss_se": None}
    return {
        "loss": float(np.mean(pairs)),
        "loss_se": float(np.std(pairs) / np.sqrt(len(pairs))),
    }


def _errors(rows: Sequence[Row]) -> dict[str, int]:
    names = [row["error"] for row in rows if row["error"] not in ("", "OK")]
    return {name: names.count(name) for name in sorted(set(names))}
