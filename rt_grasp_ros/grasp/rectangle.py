"""The oriented grasp rectangle in an image."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


def wrap_half_turn(theta_rad: float) -> float:
    """Return the angle in (-pi/2, pi/2] that names the same jaw line.

    A parallel gripper turned by pi is the same gripper, so angles live modulo pi.
    """
    wrapped = math.remainder(theta_rad, math.pi)
    return math.pi / 2 if wrapped <= -math.pi / 2 else wrapped


def jaw_angle_difference(first_rad: float, second_rad: float) -> float:
    """Return the unsigned angle between two jaw lines, in [0, pi/2]."""
    return abs(math.remainder(first_rad - second_rad, math.pi))


@dataclass(frozen=True, slots=True)
class GraspRectangle:
    """An antipodal grasp seen in a picture.

    Pixels: x to the right, y down, origin at the top left corner of the top left pixel.

    Attributes:
        x_px: centre.
        y_px: centre.
        theta_rad: direction in which the jaws open and close, from +x towards -y
            (counter-clockwise as seen), in (-pi/2, pi/2]; other values are wrapped.
        opening_px: distance between the jaws: the extent along `theta_rad`.
        jaw_px: breadth of the jaws: the extent across `theta_rad`.
        image_width_px: width of the picture the pixels belong to.
        image_height_px: height of the picture the pixels belong to.
    """

    x_px: float
    y_px: float
    theta_rad: float
    opening_px: float
    jaw_px: float
    image_width_px: int
    image_height_px: int

    def __post_init__(self) -> None:
        """Wrap the angle and refuse numbers that describe no rectangle.

        Raises:
            ValueError: a number is not finite, or an extent is not positive.
        """
        numbers = (self.x_px, self.y_px, self.theta_rad, self.opening_px, self.jaw_px)
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError(f"a grasp rectangle needs finite numbers, got {numbers}")
        if self.opening_px <= 0 or self.jaw_px <= 0:
            raise ValueError(f"opening {self.opening_px} and jaw {self.jaw_px} must be positive")
        object.__setattr__(self, "theta_rad", wrap_half_turn(self.theta_rad))

    @property
    def opening_direction(self) -> NDArray[np.float64]:
        """Unit vector along which the jaws open, in pixels `[x, y]` (shape (2,))."""
        return np.array([math.cos(self.theta_rad), -math.sin(self.theta_rad)])

    @property
    def centre(self) -> NDArray[np.float64]:
        """Centre `[x, y]` in pixels (shape (2,))."""
        return np.array([self.x_px, self.y_px])

    @property
    def is_inside_image(self) -> bool:
        """Whether the centre lies in the picture."""
        return 0 <= self.x_px < self.image_width_px and 0 <= self.y_px < self.image_height_px

    def jaw_centres(self) -> NDArray[np.float64]:
        """Middles of the two jaws, `[x, y]` in pixels (shape (2, 2))."""
        half = self.opening_direction * self.opening_px / 2
        return np.stack([self.centre - half, self.centre + half])

    def corners(self) -> NDArray[np.float64]:
        """Corners in Cornell's order (shape (4, 2)): the jaws open along the edge 0 to 1."""
        along = self.opening_direction * self.opening_px / 2
        across = np.array([-self.opening_direction[1], self.opening_direction[0]])
        across = across * self.jaw_px / 2
        centre = self.centre
        return np.stack(
            [
                centre - along - across,
                centre + along - across,
                centre + along + across,
                centre - along + across,
            ]
        )

    @classmethod
    def from_corners(
        cls, corners: NDArray[np.floating], image_width_px: int, image_height_px: int
    ) -> GraspRectangle:
        """Read four corners in Cornell's order.

        Args:
            corners: `[x, y]` in pixels, shape (4, 2); the jaws open along the edge 0 to 1.
            image_width_px: width of the picture.
            image_height_px: height of the picture.

        Raises:
            ValueError: the corners are not finite or span no area.
        """
        corners = np.asarray(corners, dtype=np.float64).reshape(4, 2)
        along = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
        across = (corners[3] - corners[0] + corners[2] - corners[1]) / 2
        x_px, y_px = corners.mean(axis=0)
        return cls(
            x_px=float(x_px),
            y_px=float(y_px),
            theta_rad=math.atan2(-along[1], along[0]),
            opening_px=float(np.linalg.norm(along)),
            jaw_px=float(np.linalg.norm(across)),
            image_width_px=image_width_px,
            image_height_px=image_height_px,
        )

    def rotated_by(self, angle_rad: float) -> GraspRectangle:
        """Return the rectangle turned about its centre, counter-clockwise as seen."""
        return replace(self, theta_rad=self.theta_rad + angle_rad)

    def resized(self, image_width_px: int, image_height_px: int) -> GraspRectangle:
        """Return the same grasp in the picture scaled to another size.

        Where the sides are scaled unlike, the rectangle becomes a parallelogram; returned is the
        rectangle with the same jaw line and the same area.

        Args:
            image_width_px: width of the scaled picture.
            image_height_px: height of the scaled picture.
        """
        scale = np.array(
            [image_width_px / self.image_width_px, image_height_px / self.image_height_px]
        )
        centre = self.centre * scale
        along = self.opening_direction * self.opening_px * scale
        opening_px = float(np.linalg.norm(along))
        return GraspRectangle(
            x_px=float(centre[0]),
            y_px=float(centre[1]),
            theta_rad=math.atan2(-along[1], along[0]),
            opening_px=opening_px,
            jaw_px=self.jaw_px * self.opening_px * float(scale.prod()) / opening_px,
            image_width_px=image_width_px,
            image_height_px=image_height_px,
        )

    def overlap(self, other: GraspRectangle) -> float:
        """Intersection over union of the two rectangles, in 0..1."""
        intersection = _area(_clip_convex(self.corners(), other.corners()))
        union = self.opening_px * self.jaw_px + other.opening_px * other.jaw_px - intersection
        return float(np.clip(intersection / union, 0.0, 1.0))

    def matches(self, truth: GraspRectangle) -> bool:
        """Whether the rectangle metric accepts it: IoU > 0.25 and angle within 30 degrees.

        Source: Jiang, Moseson, Saxena, "Efficient Grasping from RGBD Images", ICRA 2011.
        """
        turned = jaw_angle_difference(self.theta_rad, truth.theta_rad)
        return turned < math.radians(30) and self.overlap(truth) > 0.25


def _area(polygon: NDArray[np.float64]) -> float:
    """Return the area inside a simple polygon (shape (N, 2)), by the shoelace formula."""
    x, y = polygon.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def _clip_convex(subject: NDArray[np.float64], clip: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the part of a convex polygon inside another (shapes (N, 2)); both turn alike.

    OpenCV's intersections of convex polygons are wrong where edges coincide.
    Source: Sutherland and Hodgman, "Reentrant polygon clipping", CACM 1974.
    """
    for start, end in zip(clip, np.roll(clip, -1, axis=0), strict=True):
        along = end - start
        inside = along[0] * (subject[:, 1] - start[1]) - along[1] * (subject[:, 0] - start[0])
        kept = []
        for index in range(len(subject)):
            following = (index + 1) % len(subject)
            if inside[index] >= 0:
                kept.append(subject[index])
            if inside[index] * inside[following] < 0:
                share = inside[index] / (inside[index] - inside[following])
                kept.append(subject[index] + share * (subject[following] - subject[index]))
        subject = np.array(kept).reshape(-1, 2)
    return subject
