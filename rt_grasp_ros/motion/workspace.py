"""The box that the hand must stay in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..grasp.errors import OutsideWorkspace


@dataclass(frozen=True, slots=True)
class Workspace:
    """A box in the base frame.

    Attributes:
        low_m: its corner of the least x, y and z.
        high_m: the opposite corner.
    """

    low_m: tuple[float, float, float] = (-np.inf, -np.inf, -np.inf)
    high_m: tuple[float, float, float] = (np.inf, np.inf, np.inf)

    def __post_init__(self) -> None:
        """Refuse a box without inside.

        Raises:
            ValueError: names the axis.
        """
        for axis, low_m, high_m in zip("xyz", self.low_m, self.high_m, strict=True):
            if not low_m < high_m:
                raise ValueError(f"workspace_min_{axis}_m must be below workspace_max_{axis}_m")

    def require(self, what: str, T_base_grasp: NDArray[np.float64]) -> None:
        """Refuse poses whose origin is outside.

        Args:
            what: names them in the message, such as `The grasp`.
            T_base_grasp: of the point between the fingertips, shape (..., 4, 4), metres.

        Raises:
            OutsideWorkspace: says where.
        """
        points_m = T_base_grasp[..., :3, 3].reshape(-1, 3)
        is_outside = ((points_m < self.low_m) | (points_m > self.high_m)).any(axis=1)
        if is_outside.any():
            x, y, z = points_m[is_outside][0]
            raise OutsideWorkspace(
                f"{what} leaves the workspace at ({x:.2f}, {y:.2f}, {z:.2f}) m; move the object, "
                "or widen the executor's workspace parameters."
            )


EVERYWHERE = Workspace()
