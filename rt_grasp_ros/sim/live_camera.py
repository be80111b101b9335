"""The cell's camera for a thread of its own: the physics goes on while a picture is drawn."""

from __future__ import annotations

import mujoco

from ..closing import Closing
from .cell import Cell, Observation, observe
from .render import Camera


class LiveCamera(Closing):
    """Draws copies of a cell's state; close it, or use it as a context manager.

    It belongs to the thread that made it, as its OpenGL context does.
    """

    def __init__(self, cell: Cell, width_px: int, height_px: int) -> None:
        """Load what is drawn; the cell may be stepped meanwhile.

        Args:
            cell: whose state is drawn.
            width_px: of the pictures.
            height_px: of the pictures.

        Raises:
            OpenGlUnavailable: there is nothing to draw with.
        """
        self._cell = cell
        self._data = mujoco.MjData(cell.model)
        self._camera = Camera(cell.model, width_px, height_px)
        self._pictures = 0

    def capture(self) -> None:
        """Copy the cell's state, far faster than drawing it; nobody may step it meanwhile."""
        mujoco.mj_copyData(self._data, self._cell.model, self._cell.data)

    def observe(self) -> Observation:
        """Draw what was captured last."""
        self._pictures += 1
        return observe(self._camera, self._data, self._cell.scene, self._pictures)

    def close(self) -> None:
        """Give the rendering context back."""
        self._camera.close()
