"""RT-Grasp for ROS 2: from a sentence and an RGB-D picture to a lifted object.

`docs/architecture.md` says what belongs in which room, and what each may import.
"""

import re
from pathlib import Path
from pkgutil import extend_path

# The generated msg/, srv/ and action/ modules live in the installed package of the same name:
# a source checkout that comes first on sys.path must still find them.
__path__ = extend_path(__path__, __name__)


def _read_version() -> str:
    """Read package.xml, which has the version: beside the sources, or where ament puts it."""
    here = Path(__file__).parent
    path = here.parent / "package.xml"
    if not path.exists():  # <prefix>/lib/python3.x/site-packages/rt_grasp_ros/
        path = here.parents[3] / "share" / __name__ / "package.xml"
    text = path.read_text(encoding="utf-8")
    return re.findall(r"<version>(.+)</version>", text)[0]


__version__ = _read_version()
