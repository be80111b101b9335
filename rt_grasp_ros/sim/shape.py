"""What an object is made of: what is seen, what touches, and where it may be grasped.

Object frame: +z up, the table at z = 0 below it, the origin in the middle of its footprint. Every
object is modelled in the pose in which it rests.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .mesh import Mesh, surface_points
from .palette import RGB

FINGER_DEPTH_M = 0.025
TABLE_CLEARANCE_M = 0.012  # of the point between the pads; the fingers reach 9 mm further


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """What is painted on a mesh.

    Attributes:
        uv: texture coordinates, v upwards, shape (T, 2).
        face_uv: indices of `uv` at each face's corners, shape (F, 3).
        image_rgb: uint8, shape (h, w, 3).
    """

    uv: NDArray[np.float64]
    face_uv: NDArray[np.int32]
    image_rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Visual:
    """One piece of the visible surface.

    Attributes:
        part: the part it belongs to.
        mesh: its triangles.
        rgb: its colour, where it has no texture.
        shininess: how much it mirrors, in 0..1.
        texture: what is painted on it, if anything.
    """

    part: str
    mesh: Mesh
    rgb: RGB
    shininess: float
    texture: Texture | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CollisionBox:
    """One box of what the physics touches.

    Attributes:
        part: the part it belongs to.
        centre_m: shape (3,).
        half_m: half extents along its own axes, shape (3,).
        rotation: columns are its own axes in the object frame, shape (3, 3).
        density: relative to the object's other boxes.
    """

    part: str
    centre_m: NDArray[np.float64]
    half_m: NDArray[np.float64]
    rotation: NDArray[np.float64]
    density: float

    def top_points(self, spacing_m: float) -> NDArray[np.float64]:
        """Points of the upper face on a grid that includes its edges, shape (N, 3)."""
        counts = np.ceil(2 * self.half_m[:2] / spacing_m).astype(int) + 1
        along, across = (
            np.linspace(-half, half, max(2, count))
            for half, count in zip(self.half_m[:2], counts, strict=True)
        )
        grid = np.stack(np.meshgrid(along, across, [self.half_m[2]]), -1).reshape(-1, 3)
        return grid @ self.rotation.T + self.centre_m


@dataclass(frozen=True, slots=True, eq=False)
class CollisionHull:
    """One convex piece of what the physics touches: the hull of a mesh's vertices."""

    part: str
    mesh: Mesh

    @property
    def volume_m3(self) -> float:
        """Volume of its bounding box, by which the pieces share the object's mass."""
        extent_m = np.ptp(self.mesh.vertices_m, axis=0)
        return float(np.prod(np.maximum(extent_m, 1e-4)))

    def top_points(self, spacing_m: float) -> NDArray[np.float64]:
        """Points on its triangles at most so far apart, the highest of each cell, shape (N, 3)."""
        points, _, _ = surface_points(self.mesh, spacing_m / 2)
        cell = np.floor(points[:, :2] / spacing_m).astype(int)
        highest = np.lexsort((-points[:, 2], cell[:, 1], cell[:, 0]))
        _, first = np.unique(cell[highest], axis=0, return_index=True)
        return points[highest[first]]


@dataclass(frozen=True, slots=True, eq=False)
class PartGrasp:
    """The canonical top-down grasp of a part, in the object frame.

    Attributes:
        part: name of the part.
        top_m: point of the top surface that the grasp is centred on, shape (3,).
        closing: unit direction in which the jaws close, horizontal, shape (3,).
        width_m: the object's extent along `closing` there.
    """

    part: str
    top_m: NDArray[np.float64]
    closing: NDArray[np.float64]
    width_m: float

    @property
    def tip_m(self) -> NDArray[np.float64]:
        """Point between the fingertips when they close, shape (3,)."""
        height_m = max(TABLE_CLEARANCE_M, self.top_m[2] - FINGER_DEPTH_M)
        return np.array([self.top_m[0], self.top_m[1], height_m])

    def turned(self, angle_rad: float) -> PartGrasp:
        """Return the grasp turned about the object's z axis."""
        cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
        turn = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        return replace(self, top_m=turn @ self.top_m, closing=turn @ self.closing)


@dataclass(frozen=True, slots=True, eq=False)
class ObjectShape:
    """One object, ready to be put into a scene.

    Attributes:
        name: plain lower-case word.
        colour_name: name of its main colour.
        mass_kg: of the whole object.
        visuals: what is seen.
        boxes: what touches, as boxes.
        hulls: what touches, as convex pieces of meshes.
        grasps: one for each part.
        default_part: where it is grasped when no part is named.
        symmetric: whether it looks the same however it is turned about z, so that every grasp may
            be turned too.
        called: how it is called, the usual name first; empty where the vocabulary knows `name`.
        uses: what it is for, alike.
    """

    name: str
    colour_name: str
    mass_kg: float
    visuals: tuple[Visual, ...]
    boxes: tuple[CollisionBox, ...]
    grasps: tuple[PartGrasp, ...]
    default_part: str
    symmetric: bool
    hulls: tuple[CollisionHull, ...] = ()
    called: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of its parts."""
        return tuple(grasp.part for grasp in self.grasps)

    def top_points(self, spacing_m: float = 0.012) -> NDArray[np.float64]:
        """Points on top of what touches, shape (N, 3), for telling what is near it."""
        boxes = [box.top_points(spacing_m) for box in self.boxes]
        return np.concatenate([*boxes, *(hull.top_points(spacing_m) for hull in self.hulls)])


@dataclass(slots=True)
class ShapeBuilder:
    """Collects the pieces of one object and centres them."""

    name: str
    colour_name: str
    mass_kg: float
    symmetric: bool = False
    _visuals: list[Visual] = field(default_factory=list)
    _boxes: list[CollisionBox] = field(default_factory=list)
    _grasps: list[PartGrasp] = field(default_factory=list)

    def see(self, part: str, mesh: Mesh, rgb: RGB, shininess: float = 0.3) -> None:
        """Add a piece of the visible surface."""
        self._visuals.append(Visual(part, mesh, rgb, shininess))

    def box(self, part: str, centre_m: ArrayLike, half_m: ArrayLike, density: float = 1.0) -> None:
        """Add a box along the object's axes to what touches."""
        self._boxes.append(
            CollisionBox(
                part, np.asarray(centre_m, float), np.asarray(half_m, float), np.eye(3), density
            )
        )

    def bar(
        self,
        part: str,
        start_m: ArrayLike,
        end_m: ArrayLike,
        half_across_m: float,
        height_m: tuple[float, float],
        density: float = 1.0,
    ) -> None:
        """Add a lying box between two points in the plane.

        Args:
            part: the part it belongs to.
            start_m: middle of the first end, `[x, y]`.
            end_m: middle of the second end, `[x, y]`.
            half_across_m: half width.
            height_m: where it begins and ends along z.
            density: relative to the object's other boxes.
        """
        start, end = np.asarray(start_m, float)[:2], np.asarray(end_m, float)[:2]
        length = float(np.linalg.norm(end - start))
        cosine, sine = (end - start) / length
        rotation = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
        low, high = height_m
        centre = np.array([*(start + end) / 2, (low + high) / 2])
        half = np.array([length / 2, half_across_m, (high - low) / 2])
        self._boxes.append(CollisionBox(part, centre, half, rotation, density))

    def disc(
        self, part: str, radius_m: float, height_m: tuple[float, float], density: float = 1.0
    ) -> None:
        """Add a standing cylinder, as a regular 12-gon of boxes, to what touches."""
        across = radius_m * np.sin(np.pi / 12)
        along = radius_m * np.cos(np.pi / 12)
        for angle in np.arange(6) * np.pi / 6:
            end = along * np.array([np.cos(angle), np.sin(angle)])
            self.bar(part, -end, end, across, height_m, density)

    def ring(
        self, part: str, radius_m: float, wall_m: float, height_m: tuple[float, float]
    ) -> None:
        """Add a standing tube of 12 boxes; the radius is that of the middle of the wall."""
        for angle in np.arange(12) * np.pi / 6:
            middle = radius_m * np.array([np.cos(angle), np.sin(angle)])
            along = radius_m * np.tan(np.pi / 12) * np.array([-np.sin(angle), np.cos(angle)])
            self.bar(part, middle - along, middle + along, wall_m / 2, height_m)

    def grasp(
        self, part: str, top_m: ArrayLike, width_m: float, closing_rad: float = np.pi / 2
    ) -> None:
        """Declare how a part is grasped; the first part declared is the default one."""
        closing = np.array([np.cos(closing_rad), np.sin(closing_rad), 0.0])
        self._grasps.append(PartGrasp(part, np.asarray(top_m, float), closing, width_m))

    def build(self) -> ObjectShape:
        """Return the object with its origin in the middle of its footprint."""
        shift = np.zeros(3)
        if not self.symmetric:
            points = np.concatenate([box.top_points(1.0) for box in self._boxes])[:, :2]
            shift[:2] = -(points.min(axis=0) + points.max(axis=0)) / 2
        return ObjectShape(
            name=self.name,
            colour_name=self.colour_name,
            mass_kg=self.mass_kg,
            visuals=tuple(replace(v, mesh=v.mesh.moved(shift)) for v in self._visuals),
            boxes=tuple(replace(b, centre_m=b.centre_m + shift) for b in self._boxes),
            grasps=tuple(replace(g, top_m=g.top_m + shift) for g in self._grasps),
            default_part=self._grasps[0].part,
            symmetric=self.symmetric,
        )
