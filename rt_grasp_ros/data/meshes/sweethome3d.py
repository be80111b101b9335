"""Debian's `sweethome3d-furniture`: furniture and small things by many artists, with licences.

Its `.sh3f` files are ZIP archives of OBJ models, textures and `PluginFurnitureCatalog.properties`,
which names each model, its real size and its author. Models are y-up, in any scale.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

from ...grasp.errors import DataInvalid
from ...sim.mesh import Mesh
from ...sim.meshes.obj_file import ObjMesh, parse_obj

FOLDER = Path("/usr/share/sweethome3d/furniture")
PACKAGE = "sweethome3d-furniture"
KEPT_BACK_FILE = "kept_back.sha256"
MAX_SIDE_CM, MAX_THICKNESS_CM = 32.0, 8.0
MAX_FACES = 40_000

_CATALOGUE = "PluginFurnitureCatalog.properties"
_NOT_ON_TABLES = re.compile(
    r"plug|socket|switch|antenna|detector|spotlight|faucet|bell|entry|sign|dimmer|\bwall\b", re.I
)
_FIELD = re.compile(r"(\w+)#(\d+)=(.*)")


class FurnitureMissing(DataInvalid):
    """The package is not installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"There are no .sh3f files in {folder}; install them with `sudo apt install {PACKAGE}`,"
            " or name the folder that has them with --data."
        )


@dataclass(frozen=True, slots=True)
class Furniture:
    """One model of a catalogue.

    Attributes:
        archive: its `.sh3f` file.
        catalogue_id: its id, as `Scopia#teapot`.
        name: in English, as "Teapot".
        size_m: width, depth and height as the catalogue gives them.
        model: path of its OBJ file in the archive.
        rotation: how the model is to be turned, shape (3, 3) as rows.
        creator: who made it.
        licence: of the catalogue.
    """

    archive: Path
    catalogue_id: str
    name: str
    size_m: tuple[float, float, float]
    model: str
    rotation: tuple[float, ...]
    creator: str
    licence: str

    @property
    def is_kept_back(self) -> bool:
        """Whether it is kept out of training, for the examination."""
        return hashlib.sha256(self.catalogue_id.encode()).hexdigest() in kept_back()

    @property
    def fits_a_gripper(self) -> bool:
        """Whether it stands on tables and may be thin enough for a hand that opens 80 mm."""
        cm = sorted(100 * side for side in self.size_m)
        is_small = cm[-1] <= MAX_SIDE_CM and cm[0] >= 0.5
        across_cm = 100 * min(self.size_m[:2])
        is_thin = across_cm <= MAX_THICKNESS_CM
        return is_small and is_thin and not _NOT_ON_TABLES.search(self.name)


@cache
def kept_back() -> frozenset[str]:
    """Return the SHA-256 of the ids of models that are kept back."""
    text = resources.files(__package__).joinpath(KEPT_BACK_FILE).read_text(encoding="utf-8")
    return frozenset(text.split())


def read_catalogues(folder: Path) -> list[Furniture]:
    """Return all models of the archives in a folder.

    Raises:
        FurnitureMissing: there are none.
        DataInvalid: an archive can't be read.
    """
    archives = sorted(folder.glob("*.sh3f"))
    if not archives:
        raise FurnitureMissing(folder)
    return [one for archive in archives for one in _read_catalogue(archive)]


def _read_catalogue(archive: Path) -> Iterator[Furniture]:
    try:
        with zipfile.ZipFile(archive) as files:
            text = files.read(_CATALOGUE).decode("latin-1")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise DataInvalid(f"The archive {archive} can't be read ({error}).") from error
    licence = re.search(r"^license=(.*)$", text, re.MULTILINE)
    models: dict[int, dict[str, str]] = {}
    for line in text.splitlines():
        found = _FIELD.fullmatch(line.strip())
        if found is not None:
            models.setdefault(int(found[2]), {})[found[1]] = found[3].strip()
    for fields in models.values():
        if {"id", "name", "model", "width", "depth", "height"} <= fields.keys():
            yield Furniture(
                archive=archive,
                catalogue_id=fields["id"],
                name=fields["name"],
                size_m=(
                    float(fields["width"]) / 100,
                    float(fields["depth"]) / 100,
                    float(fields["height"]) / 100,
                ),
                model=fields["model"].lstrip("/"),
                rotation=tuple(float(one) for one in fields.get("modelRotation", "").split()),
                creator=fields.get("creator", ""),
                licence=licence[1].strip() if licence is not None else "",
            )


def read_model(one: Furniture) -> tuple[ObjMesh, dict[str, NDArray[np.uint8]]]:
    """Return a model at its real size, z up, at rest on z = 0, and its materials' pictures.

    Raises:
        DataInvalid: it can't be read, or has more faces than `MAX_FACES`.
    """
    try:
        with zipfile.ZipFile(one.archive) as files:
            text = files.read(one.model).decode("latin-1")
            obj = parse_obj(text.splitlines(), one.model)
            if len(obj.mesh.faces) > MAX_FACES:
                raise DataInvalid(f"'{one.catalogue_id}' has {len(obj.mesh.faces)} faces.")
            pictures = _pictures(files, one.model, text, set(obj.materials))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise DataInvalid(f"The model {one.catalogue_id} can't be read ({error}).") from error
    vertices = obj.mesh.vertices_m
    if len(one.rotation) == 9:
        vertices = vertices @ np.array(one.rotation).reshape(3, 3).T
    vertices = np.stack([vertices[:, 0], -vertices[:, 2], vertices[:, 1]], axis=1)
    used = vertices[np.unique(obj.mesh.faces)]
    low, extent = used.min(axis=0), np.maximum(np.ptp(used, axis=0), 1e-9)
    size_m = np.array(one.size_m)
    vertices = (vertices - low) / extent * size_m - [size_m[0] / 2, size_m[1] / 2, 0.0]
    mesh = Mesh(vertices, obj.mesh.faces)
    return ObjMesh(mesh, obj.texture_uv, obj.face_uv, obj.materials), pictures


def _pictures(
    files: zipfile.ZipFile, model: str, text: str, wanted: set[str]
) -> dict[str, NDArray[np.uint8]]:
    """Return for each material its texture, or one pixel of its colour."""
    folder = PurePosixPath(model).parent
    pictures = {name: np.full((1, 1, 3), 180, np.uint8) for name in wanted}
    for library in re.findall(r"^mtllib (.+)$", text, re.MULTILINE):
        path = str(folder / library.strip())
        if path not in files.namelist():
            continue
        name = ""
        for line in files.read(path).decode("latin-1").splitlines():
            kind, _, rest = line.strip().partition(" ")
            if kind == "newmtl":
                name = rest.strip()
            elif name in pictures and kind == "Kd" and pictures[name].shape[:2] == (1, 1):
                rgb = [255 * min(1.0, float(number)) for number in rest.split()[:3]]
                pictures[name] = np.rint([[rgb]]).astype(np.uint8)
            elif name in pictures and kind == "map_Kd":
                image = _read_texture(files, str(folder / rest.split()[-1]))
                pictures[name] = pictures[name] if image is None else image
    return pictures


def _read_texture(files: zipfile.ZipFile, path: str) -> NDArray[np.uint8] | None:
    if path not in files.namelist():
        return None
    bgr = cv2.imdecode(np.frombuffer(files.read(path), np.uint8), cv2.IMREAD_COLOR)
    return None if bgr is None else np.ascontiguousarray(bgr[..., ::-1])
