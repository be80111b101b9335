"""Calibrations of cameras in the files that people have: ROS, RealSense, Open3D, BOP, Kalibr."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from ..grasp.camera import Intrinsics, intrinsics_of_matrix
from ..grasp.distortion import distortion_of
from ..grasp.errors import IntrinsicsInvalid, SizeMismatch
from ..grasp.plausible import require_plausible_intrinsics

_MATRIX_KEYS = ("k", "camera_matrix", "cam_k", "intrinsic_matrix", "intrinsics", "intrinsic")
_LENS_KEYS = (
    "d",
    "distortion_coefficients",
    "distortion_coeffs",
    "coeffs",
    "dist_coeffs",
    "dist",
    "distortion",
)
_MODEL_KEYS = ("distortion_model", "model")
_WIDTH_KEYS, _HEIGHT_KEYS = ("width", "image_width"), ("height", "image_height")
_COLOUR_KEYS = ("color", "colour", "rgb")
_NAMED = re.compile(r"\b(fx|fy|cx|cy|ppx|ppy|width|height)\s*[=:]\s*([-+.\deE]+)", re.IGNORECASE)
_Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CameraFile:
    """What a file says of a camera.

    Attributes:
        intrinsics: of the colour picture.
        depth_unit_m: metres of one unit of the depth beside it; None where it does not say.
    """

    intrinsics: Intrinsics
    depth_unit_m: float | None = None


def read_camera(
    text: str, width_px: int, height_px: int, is_rectified: bool = False, picture_name: str = ""
) -> CameraFile:
    """Read a calibration.

    Args:
        text: of the file: `fx fy cx cy`, a matrix row by row, `fx=... fy=...`, YAML or JSON.
        width_px: width of the colour picture.
        height_px: height of the colour picture.
        is_rectified: whether the picture is rectified, so that P counts and not K and D.
        picture_name: of the colour picture without its ending, for files of many pictures.

    Raises:
        IntrinsicsInvalid: it holds no camera, or several that differ, or none that can be.
        SizeMismatch: it is of a picture of another size.
    """
    text = text.lstrip("\ufeff").strip()
    numbers = _plain_numbers(text)
    if numbers is not None:
        return CameraFile(_whole(_matrix(numbers, False), (width_px, height_px), None))
    found = [_Camera(fields) for fields in _cameras(_documents(text), picture_name)]
    if not found:
        raise ValueError("no camera in it")
    read = {camera.read(width_px, height_px, is_rectified) for camera in found}
    if len(read) > 1:
        raise IntrinsicsInvalid(
            "The calibration holds several cameras or pictures that differ; give a file of the "
            "colour camera alone."
        )
    return read.pop()


def depth_unit_of(scale: float, is_bop: bool) -> float:
    """Return the metres of one unit that a file's `depth_scale` means.

    BOP counts millimetres of one unit (0.05 to 10), librealsense metres (up to 0.005), Open3D and
    TUM units of one metre (from 100).

    Raises:
        IntrinsicsInvalid: it can't be told which is meant.
    """
    if is_bop or 0.05 <= scale <= 10:
        return scale * 0.001
    if 0 < scale <= 0.005:
        return scale
    if scale >= 100:
        return 1.0 / scale
    raise IntrinsicsInvalid(
        f"What the calibration's depth_scale {scale:g} means can't be told; leave it out there and "
        "give --depth-scale, the metres of one unit."
    )


class _Camera:
    """The fields of one camera, whatever they are called."""

    def __init__(self, fields: _Fields) -> None:
        self._fields = {str(key).lower(): value for key, value in fields.items()}

    def read(self, width_px: int, height_px: int, is_rectified: bool) -> CameraFile:
        """Return what they say for a picture of a size."""
        size = self._size() or (width_px, height_px)
        projection = self._get(("p", "projection_matrix"))
        if is_rectified and projection is not None and np.any(_numbers(projection)):
            matrix, lens = _matrix(_numbers(projection), False), None
        else:
            matrix = self._matrix()
            model = self._get(_MODEL_KEYS)
            lens = distortion_of(None if model is None else str(model), self._lens())
        whole = _whole(matrix, size, lens)
        if size != (width_px, height_px):
            raise SizeMismatch(
                f"The calibration is of a picture of {size[0]}x{size[1]} pixels but the colour "
                f"picture is {width_px}x{height_px}; give the calibration of this size."
            )
        scale = self._get(("depth_scale", "png_depth_scale"))
        unit_m = None
        if scale is not None:
            unit_m = depth_unit_of(float(scale), "cam_k" in self._fields)
        return CameraFile(whole, unit_m)

    def _get(self, keys: tuple[str, ...]) -> Any:
        return next((self._fields[key] for key in keys if key in self._fields), None)

    def _size(self) -> tuple[int, int] | None:
        width, height = self._get(_WIDTH_KEYS), self._get(_HEIGHT_KEYS)
        resolution = self._get(("resolution", "image_size"))
        if width is None and resolution is not None:
            width, height = resolution
        if not width or not height:
            return None
        return int(width), int(height)

    def _matrix(self) -> NDArray[np.float64]:
        centre = ("cx", "cy") if "cx" in self._fields else ("ppx", "ppy")
        if "fx" in self._fields:
            numbers = [float(self._fields[name]) for name in ("fx", "fy", *centre)]
            return _matrix(np.array(numbers), False)
        key = next(key for key in _MATRIX_KEYS if key in self._fields)
        return _matrix(_numbers(self._fields[key]), key == "intrinsic_matrix")

    def _lens(self) -> list[float]:
        lens = self._get(_LENS_KEYS)
        if lens is None:
            names = ("k1", "k2", "p1", "p2", "k3")
            return [float(self._fields.get(name, 0.0)) for name in names]
        if isinstance(lens, Mapping) and "data" not in lens:
            named = {str(key).lower(): float(value) for key, value in lens.items()}
            return [named.get(name, 0.0) for name in ("k1", "k2", "p1", "p2", "k3")]
        return _numbers(lens).tolist()


def _is_camera(fields: _Fields) -> bool:
    names = {str(key).lower() for key in fields}
    if names >= {"fx", "fy"}:
        return True
    keys = {str(key).lower(): key for key in fields}
    return any(
        name in keys
        and not (isinstance(fields[keys[name]], Mapping) and "data" not in fields[keys[name]])
        for name in _MATRIX_KEYS
    )


def _cameras(content: Any, picture_name: str) -> Iterator[_Fields]:
    """Yield the parts that describe a camera; those of the colour camera alone where named."""
    if isinstance(content, list):
        for part in content:
            yield from _cameras(part, picture_name)
        return
    if not isinstance(content, Mapping):
        return
    if _is_camera(content):
        yield content
        return
    named = {str(key).lower(): part for key, part in content.items()}
    colour = [part for key, part in named.items() if any(word in key for word in _COLOUR_KEYS)]
    number = picture_name.lstrip("0") or "0" if picture_name.isdigit() else None
    if number is not None and number in named:
        yield from _cameras(named[number], picture_name)
    elif colour and any(True for _ in _cameras(colour, picture_name)):
        yield from _cameras(colour, picture_name)
    else:
        scale = {"depth_scale": named["depth_scale"]} if "depth_scale" in named else {}
        for part in named.values():
            for fields in _cameras(part, picture_name):
                yield {**scale, **fields}


def _documents(text: str) -> list[Any]:
    """Return what YAML or JSON hold, or `fx=...` pairs."""
    named = {name.lower(): float(value) for name, value in _NAMED.findall(text)}
    if "=" in text and named:
        return [named]
    text = re.sub(r"\A%YAML[^\n]*\n", "", text).replace("!!opencv-matrix", "")
    try:
        return [json.loads(text)] if text.startswith(("{", "[")) else list(yaml.safe_load_all(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("neither YAML nor JSON") from error


def _plain_numbers(text: str) -> NDArray[np.float64] | None:
    """Return the numbers of a text that holds nothing else but separators; None where it does."""
    words = re.sub(r"#[^\n]*", " ", text)
    numbers = re.sub(r"[\[\]();,]", " ", words).split()
    try:
        return np.array(numbers, dtype=float) if numbers else None
    except ValueError:
        return None


def _numbers(given: Any) -> NDArray[np.float64]:
    if isinstance(given, Mapping):
        given = given["data"]
    if isinstance(given, str):
        given = given.replace(",", " ").split()
    return np.asarray(given, dtype=np.float64).ravel()


def _matrix(numbers: NDArray[np.float64], is_by_columns: bool) -> NDArray[np.float64]:
    """Return the camera matrix, shape (3, 3), of 4, 9, 12 or 16 numbers."""
    if len(numbers) == 4:
        fx, fy, cx, cy = numbers.tolist()
        return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])
    if len(numbers) not in (9, 12, 16):
        raise ValueError("no 4, 9, 12 or 16 numbers")
    matrix = numbers.reshape(-1, 4)[:3, :3] if len(numbers) > 9 else numbers.reshape(3, 3)
    # Open3D writes columns one after another; who writes rows under its name is understood, too.
    is_transposed = bool(np.any(matrix[2, :2]) and not np.any(matrix[:2, 2]))
    return np.asarray(matrix.T if is_by_columns and is_transposed else matrix)


def _whole(matrix: NDArray[np.float64], size: tuple[int, int], lens: Any) -> Intrinsics:
    intrinsics = intrinsics_of_matrix(matrix, *size, lens)
    require_plausible_intrinsics(intrinsics)
    return intrinsics
