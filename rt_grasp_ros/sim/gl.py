"""OpenGL for drawing without a display.

MuJoCo's own `Renderer` opens a context for every model, which takes longer than to draw, and
chooses the library when `mujoco` is first imported, wherever that happens; here all cameras of a
thread share one context, and the library is chosen when it is needed.
"""

from __future__ import annotations

import ctypes.util
import importlib
import os
import threading

from ..grasp.errors import RtGraspError

BACKENDS = ("egl", "osmesa", "glfw", "cgl")
_of_thread = threading.local()


class OpenGlUnavailable(RtGraspError):
    """No OpenGL library could be started."""

    def __init__(self, backend: str, reason: str) -> None:
        self.backend = backend
        super().__init__(
            f"Pictures can't be drawn with MUJOCO_GL={backend} ({reason}); install libegl1, "
            "libegl-mesa0, libgl1 and libgl1-mesa-dri, or set MUJOCO_GL to another of "
            f"{', '.join(BACKENDS)}."
        )


def make_current() -> None:
    """Make this thread's OpenGL context current, after creating it on first use.

    Raises:
        OpenGlUnavailable: the library named by `MUJOCO_GL` (or found, if unset) does not start.
    """
    if not hasattr(_of_thread, "context"):
        backend = os.environ.get("MUJOCO_GL", "").strip().lower() or _found_backend()
        if backend not in BACKENDS:
            raise OpenGlUnavailable(backend, "not a known library")
        try:
            # The size is that of a window nobody sees; pictures are drawn off screen.
            _of_thread.context = importlib.import_module(f"mujoco.{backend}").GLContext(64, 64)
        except (ImportError, AttributeError, OSError, RuntimeError) as error:
            raise OpenGlUnavailable(backend, str(error)) from error
    _of_thread.context.make_current()


def _found_backend() -> str:
    return "egl" if ctypes.util.find_library("EGL") else "osmesa"
