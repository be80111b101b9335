"""RT-Grasp for ROS 2: from a sentence and an RGB-D picture to a lifted object.

`docs/architecture.md` says what belongs in which room, and what each may import.
"""

from pkgutil import extend_path

# The generated msg/, srv/ and action/ modules live in the installed package of the same name:
# a source checkout that comes first on sys.path must still find them.
__path__ = extend_path(__path__, __name__)

__version__ = "0.1.0"
