"""Which grasps of meshes hold in the physics: `tried_meshes.yaml`.

`rt-grasp data try-grasps --meshes DIR` writes such a file. One beside an index counts for its
meshes; the one that ships counts for those that the package was tried with. A mesh is known by its
name and the content of its file, so that nothing is said of another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import yaml

from ...grasp.errors import DataInvalid
from ...whole_file import whole_file

TRIED_FILE = "tried_meshes.yaml"

_HEADER = """\
# Written by `rt-grasp data try-grasps --meshes DIR`: for each mesh (name and the first digits of
# its SHA-256) the grasp that lifted it most often, and how often that was.
"""


@dataclass(frozen=True, slots=True)
class GivenGrasp:
    """A top-down grasp of a mesh, in the object frame.

    Attributes:
        x_m: point between the pads.
        y_m: point between the pads.
        top_m: height of the surface there.
        closing_deg: direction in which the jaws close, from +x.
        width_m: what is between them.
    """

    x_m: float
    y_m: float
    top_m: float
    closing_deg: float
    width_m: float


@dataclass(frozen=True, slots=True)
class TriedMesh:
    """The best grasp of a mesh.

    Attributes:
        grasp: where it is taken.
        lifted: how often it hung between the fingers at the end.
        tried: of how many times.
    """

    grasp: GivenGrasp
    lifted: int
    tried: int


def key_of(name: str, mesh_file: Path) -> str:
    """Return how a mesh is called in the file."""
    return f"{name} {hashlib.sha256(mesh_file.read_bytes()).hexdigest()[:12]}"


@cache
def shipped_tried_meshes() -> Mapping[str, TriedMesh]:
    """Return what ships."""
    text = resources.files(__package__).joinpath(TRIED_FILE).read_text(encoding="utf-8")
    return _parse(text, TRIED_FILE)


def read_tried_meshes(path: Path) -> dict[str, TriedMesh]:
    """Read a file; nothing where there is none.

    Raises:
        DataInvalid: the file holds something else.
    """
    return _parse(path.read_text(encoding="utf-8"), str(path)) if path.is_file() else {}


def write_tried_meshes(path: Path, tried: Mapping[str, TriedMesh]) -> None:
    """Write a file whole or not at all, sorted by names, to tenths of millimetres."""
    table = {
        key: {
            "grasp": {name: round(value, 4) for name, value in asdict(one.grasp).items()},
            "lifted": one.lifted,
            "tried": one.tried,
        }
        for key, one in sorted(tried.items())
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_text(
            _HEADER + yaml.safe_dump(table, default_flow_style=None, width=200), encoding="utf-8"
        )


def _parse(text: str, name: str) -> dict[str, TriedMesh]:
    try:
        return {
            key: TriedMesh(
                GivenGrasp(**{field: float(value) for field, value in one["grasp"].items()}),
                int(one["lifted"]),
                int(one["tried"]),
            )
            for key, one in (yaml.safe_load(text) or {}).items()
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataInvalid(
            f"'{name}' is no file of `rt-grasp data try-grasps --meshes`; remove it or give "
            "another --out."
        ) from error
