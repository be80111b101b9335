"""Writes the meshes that the point eye was not taught on as a folder of their own.

Every third one of an index by name (`learn/points/recipe.py`); the meshes themselves are linked.

    python -m benchmarks.left_out_meshes --meshes DIR --out DIR
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rt_grasp_ros.learn.points.recipe import held_out
from rt_grasp_ros.sim.meshes.mesh_entry import INDEX_FILE, read_meshes


def main() -> None:
    """Write the index and the links."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--meshes", type=Path, required=True, help="folder with index.json")
    parser.add_argument("--out", type=Path, required=True, help="new folder")
    arguments = parser.parse_args()
    _, left_out = held_out(read_meshes(str(arguments.meshes)))
    folders = {mesh.name: Path(mesh.folder).resolve() for mesh in left_out}
    rows = json.loads((next(iter(folders.values())).parent / INDEX_FILE).read_text("utf-8"))
    arguments.out.mkdir(parents=True)
    for name, folder in folders.items():
        (arguments.out / name).symlink_to(folder, target_is_directory=True)
    kept = [row for row in rows if row["name"] in folders]
    text = json.dumps(kept, indent=2) + "\n"
    (arguments.out / INDEX_FILE).write_text(text, encoding="utf-8")
    print(f"{len(kept)} meshes in {arguments.out}")


if __name__ == "__main__":
    main()
