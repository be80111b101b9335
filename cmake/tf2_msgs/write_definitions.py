"""Write the definitions of tf2_msgs' messages, as rosbags carries them, into a directory."""

import sys
from pathlib import Path

from rosbags.typesys import Stores, get_typestore

NAMES = ("TF2Error", "TFMessage")


def main() -> None:
    """Write one `.msg` file a message into the directory named on the command line."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    typestore = get_typestore(Stores.ROS2_JAZZY)
    for name in NAMES:
        text, _ = typestore.generate_msgdef(f"tf2_msgs/msg/{name}", ros_version=2)
        own_part, *_parts_it_is_made_of = text.split("=" * 80)
        (directory / f"{name}.msg").write_text(own_part, encoding="utf-8")


if __name__ == "__main__":
    main()
