"""The simulated cell: objects, scenes, pictures, physics, labels, judge.

MuJoCo chooses its OpenGL when it is imported, so the choice is made here, before any of it is:
a drawing library that needs no display, unless `MUJOCO_GL` says otherwise.
"""

import ctypes.util
import os

if "MUJOCO_GL" not in os.environ:
    os.environ["MUJOCO_GL"] = "egl" if ctypes.util.find_library("EGL") else "osmesa"
