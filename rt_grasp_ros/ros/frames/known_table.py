"""Where the table is, as TF and its height in the robot's base frame tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...grasp.errors import TransformUnavailable
from ...grasp.frame import RgbdFrame
from ...grasp.plane import Plane, horizontal_plane
from ...motion.profile import invalid, read_mapping
from .tf_listener import TfListener

_TF_TIMEOUT_S = 0.1


class KnownTable:
    """Gives the table's plane in the frame of a picture."""

    def __init__(self, tf: TfListener, base_frame: str, table_z_m: Callable[[], float]) -> None:
        """Remember where to look.

        Args:
            tf: the frames.
            base_frame: the robot's.
            table_z_m: returns the height of the table in it.
        """
        self._tf = tf
        self._base_frame = base_frame
        self._table_z_m = table_z_m

    def plane_in(self, frame: RgbdFrame) -> Plane | None:
        """Return the table in the optical frame; None where TF does not know the camera's pose.

        Args:
            frame: the picture.
        """
        try:
            T_base_camera = self._tf.lookup(
                self._base_frame, frame.frame_id, frame.stamp_ns, _TF_TIMEOUT_S
            )
        except TransformUnavailable:
            return None
        return horizontal_plane(T_base_camera, self._table_z_m())


def base_frame_of(profile: Path) -> str:
    """Return the base frame of a robot's profile.

    Raises:
        ProfileInvalid: the file can't be read or names none.
    """
    try:
        return str(read_mapping(profile)["base_frame"])
    except KeyError as error:
        raise invalid(profile, error) from error
