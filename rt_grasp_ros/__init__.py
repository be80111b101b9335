"""RT-Grasp for ROS 2: from a sentence and an RGB-D picture to a lifted object.

The rooms, each importing only from those before it:
`grasp` (numpy geometry), `language` (text), `model` (inference), `learn` (training),
`motion` (planning and the pick sequence), `sim` (the MuJoCo cell), `ros` (nodes), `cli`.
"""

from pkgutil import extend_path

# The generated msg/, srv/ and action/ modules live in the installed package of the same name:
# a source checkout that comes first on sys.path must still find them.
__path__ = extend_path(__path__, __name__)

__version__ = "0.1.0"
