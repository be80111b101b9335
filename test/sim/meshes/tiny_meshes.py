"""A folder of two tiny meshes, made by the test itself: a tall block and a flat bar."""

import json

import cv2
import numpy as np

from rt_grasp_ros.sim.mesh import Mesh
from rt_grasp_ros.sim.meshes.obj_file import ObjMesh, write_obj

_FACES = [
    (0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4),
    (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7),
]  # fmt: skip
_UV = np.array([(0.05, 0.05), (0.45, 0.05), (0.45, 0.45), (0.05, 0.45)])


def box_mesh(half_x_m, half_y_m, height_m):
    """A box at rest, its faces turned outwards."""
    low = [
        (-half_x_m, -half_y_m),
        (half_x_m, -half_y_m),
        (half_x_m, half_y_m),
        (-half_x_m, half_y_m),
    ]
    vertices = [(x, y, 0.0) for x, y in low] + [(x, y, height_m) for x, y in low]
    return Mesh(np.array(vertices), np.array(_FACES, np.int32))


def textured(mesh):
    """The mesh, all its faces painted with the lower left of the texture."""
    face_uv = np.tile(np.array([(0, 1, 2), (0, 2, 3)], np.int32), (len(mesh.faces) // 2, 1))
    return ObjMesh(mesh, _UV, face_uv, ("",) * len(mesh.faces))


def row(name, noun, colour, **more):
    """One entry of an index."""
    return {
        "name": name,
        "noun": noun,
        "other_names": [f"toy {noun}"],
        "colour": colour,
        "purpose": f"playing with a {noun}",
        "size_cm": [6.0, 6.0, 6.0],
        "mass_kg": 0.1,
        "graspable_80mm": True,
        "attribution": "made by this test",
        "licence": "CC0 1.0",
        **more,
    }


def write_folder(folder, rows_and_meshes):
    """Write an index with its meshes; the lower left of each texture has the colour given."""
    for entry, mesh, rgb in rows_and_meshes:
        (folder / entry["name"]).mkdir(parents=True)
        write_obj(folder / entry["name"] / "mesh.obj", textured(mesh))
        image = np.zeros((64, 64, 3), np.uint8)
        image[32:, :32] = rgb[::-1]
        cv2.imwrite(str(folder / entry["name"] / "texture.jpg"), image)
    (folder / "index.json").write_text(json.dumps([entry for entry, *_ in rows_and_meshes]))
    return folder


def tiny_folder(folder):
    """A red block and a blue bar, neither with a grasp of its own."""
    return write_folder(
        folder,
        [
            (row("block_red", "block", "red"), box_mesh(0.02, 0.03, 0.06), (220, 20, 20)),
            (row("bar_blue", "bar", "blue"), box_mesh(0.08, 0.012, 0.025), (20, 40, 220)),
        ],
    )
