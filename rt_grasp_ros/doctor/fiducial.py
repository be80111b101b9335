"""How far the camera is off in all six numbers: seen from a printed marker of known pose.

The marker's plane comes from depth and its outline from colour, as every grasp's pose does, so
that what is compared with TF is what grasping uses. A depth image that does not belong to the
colour image, or counts another unit, shows as a marker of the wrong size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from ..grasp.camera import Intrinsics
from ..grasp.depth import samples_in_polygon
from ..grasp.errors import CameraError, RequestInvalid
from ..grasp.plane import plane_through

FAMILIES = tuple(
    sorted(name for name in dir(cv2.aruco) if name.startswith("DICT_") and name.isupper())
)
"""What OpenCV calls the sets of markers: ArUco's, and AprilTag's."""

_LEAST_POINTS = 50
_TRIMMED_AT = 3.0  # standard deviations

# Top left, top right, bottom right, bottom left of a marker with sides of 1, in its own frame.
_CORNERS = np.array([[-0.5, 0.5, 0], [0.5, 0.5, 0], [0.5, -0.5, 0], [-0.5, -0.5, 0]])


class FiducialNotSeen(CameraError):
    """The marker is not in the picture, or depth does not show it."""


@dataclass(frozen=True, slots=True, eq=False)
class Fiducial:
    """A printed marker whose pose is known.

    Its frame: origin in the middle, +x along its upper side, +y towards it, +z out of the paper.

    Attributes:
        family: one of `FAMILIES`.
        marker_id: which of the family.
        size_m: length of a side of the black square.
        T_base_marker: where it is, shape (4, 4), metres.
    """

    family: str
    marker_id: int
    size_m: float
    T_base_marker: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse a marker that cannot be.

        Raises:
            RequestInvalid: the family is unknown, or the size is not positive.
        """
        if self.family not in FAMILIES:
            raise RequestInvalid(
                f"There is no family of markers '{self.family}'; choose one of "
                f"{', '.join(FAMILIES)}."
            )
        if not 0.0 < self.size_m < 10.0:
            raise RequestInvalid(
                f"A marker of {self.size_m:g} m is not possible; measure a side of its black "
                "square."
            )


@dataclass(frozen=True, slots=True, eq=False)
class FiducialView:
    """A marker as one picture and TF have it.

    Attributes:
        T_base_marker: where it seems to be, shape (4, 4), metres.
        size_m: the mean length of its sides, measured.
    """

    T_base_marker: NDArray[np.float64]
    size_m: float


@dataclass(frozen=True, slots=True, eq=False)
class FiducialDeviation:
    """How far a marker seems to be from where it is, from several pictures.

    Attributes:
        T_base_marker: where it is, shape (4, 4), metres.
        shift_m: from there to where it seems to be, base frame, shape (3,), mean of the pictures.
        shift_spread_m: root mean square distance of the pictures to it.
        turn_rotvec: the turn from how it lies to how it seems to lie, base axes, shape (3,).
        turn_spread_rad: root mean square angle of the pictures to it.
        size_ratio: measured size by the true one.
        pictures: how many there were.
    """

    T_base_marker: NDArray[np.float64]
    shift_m: NDArray[np.float64]
    shift_spread_m: float
    turn_rotvec: NDArray[np.float64]
    turn_spread_rad: float
    size_ratio: float
    pictures: int

    def corrected(self, T_base_camera: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the camera's pose with which the marker is seen where it is, shape (4, 4).

        Args:
            T_base_camera: the pose that TF gives, shape (4, 4), metres.
        """
        seen = np.eye(4)
        seen[:3, :3] = Rotation.from_rotvec(self.turn_rotvec).as_matrix()
        seen[:3, :3] @= self.T_base_marker[:3, :3]
        seen[:3, 3] = self.T_base_marker[:3, 3] + self.shift_m
        return self.T_base_marker @ np.linalg.inv(seen) @ T_base_camera


def view_fiducial(
    rgb: NDArray[np.uint8],
    depth_m: NDArray[np.float32],
    intrinsics: Intrinsics,
    T_base_camera: NDArray[np.float64],
    fiducial: Fiducial,
) -> FiducialView:
    """Find a marker in a picture and bring it to the base frame.

    Args:
        rgb: shape (H, W, 3).
        depth_m: registered to it, shape (H, W), NaN where invalid.
        intrinsics: of both.
        T_base_camera: the camera's pose when they were taken, shape (4, 4), metres.
        fiducial: which marker.

    Raises:
        FiducialNotSeen: it is not in the picture, or depth holds too little of it.
    """
    corners_px = _corners_px(rgb, fiducial)
    points_m = samples_in_polygon(depth_m, intrinsics, corners_px).points_m
    if len(points_m) < _LEAST_POINTS:
        raise FiducialNotSeen(
            f"The marker {fiducial.marker_id} has depth at {len(points_m)} pixels only; bring it "
            "nearer, or print it on matt paper."
        )
    plane = plane_through(points_m)
    inliers = np.abs(plane.height_m(points_m)) <= _TRIMMED_AT * plane.noise_m + 1e-6
    plane = plane_through(points_m[inliers])
    rays = intrinsics.back_project(corners_px, 1.0)
    corners_m = rays * (-plane.offset_m / (rays @ plane.normal))[:, None]
    middle_m = corners_m.mean(axis=0)
    T_camera_marker = np.eye(4)
    rotation, _ = Rotation.align_vectors(corners_m - middle_m, _CORNERS)
    T_camera_marker[:3, :3] = rotation.as_matrix()
    T_camera_marker[:3, 3] = middle_m
    sides_m = np.linalg.norm(corners_m - np.roll(corners_m, 1, axis=0), axis=1)
    return FiducialView(T_base_camera @ T_camera_marker, float(sides_m.mean()))


def fiducial_deviation(views: Sequence[FiducialView], fiducial: Fiducial) -> FiducialDeviation:
    """Return mean and spread of views of a marker that did not move meanwhile, one or more."""
    T_base_marker = fiducial.T_base_marker
    shifts_m = np.array([view.T_base_marker[:3, 3] - T_base_marker[:3, 3] for view in views])
    turns = Rotation.from_matrix(
        np.array([view.T_base_marker[:3, :3] @ T_base_marker[:3, :3].T for view in views])
    )
    mean_shift_m, mean_turn = shifts_m.mean(axis=0), turns.mean()
    distances_m = np.linalg.norm(shifts_m - mean_shift_m, axis=1)
    angles_rad = (turns * mean_turn.inv()).magnitude()
    return FiducialDeviation(
        T_base_marker=T_base_marker,
        shift_m=mean_shift_m,
        shift_spread_m=float(np.sqrt(np.mean(distances_m**2))),
        turn_rotvec=mean_turn.as_rotvec(),
        turn_spread_rad=float(np.sqrt(np.mean(angles_rad**2))),
        size_ratio=float(np.mean([view.size_m for view in views])) / fiducial.size_m,
        pictures=len(views),
    )


def _corners_px(rgb: NDArray[np.uint8], fiducial: Fiducial) -> NDArray[np.float64]:
    """Return the corners of the black square from the top left one on, shape (4, 2).

    Raises:
        FiducialNotSeen: it is not in the picture, or there more than once.
    """
    parameters = cv2.aruco.DetectorParameters()
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, fiducial.family))
    detector = cv2.aruco.ArucoDetector(dictionary, parameters)
    squares, ids, _ = detector.detectMarkers(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
    seen = [] if ids is None else ids.ravel().tolist()
    if seen.count(fiducial.marker_id) != 1:
        others = ", ".join(map(str, sorted(seen))) or "none"
        raise FiducialNotSeen(
            f"The marker {fiducial.marker_id} of {fiducial.family} is not in the picture once "
            f"(seen of this family: {others}); put it where the camera sees all of it, with a "
            "white margin."
        )
    # OpenCV puts the middle of the top left pixel at (0, 0).
    return squares[seen.index(fiducial.marker_id)].reshape(4, 2).astype(np.float64) + 0.5
