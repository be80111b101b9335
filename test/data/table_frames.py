"""Made-up frames in the layout of real tables: a bar on a table, and a question for a banana."""

import json

import cv2
import numpy as np


def write_tables(folder):
    """Write the split `dev` with the scene `one`: a bar of 30 mm lies in the middle."""
    scene = folder / "dev/one"
    scene.mkdir(parents=True)
    (folder / "dev/masks").mkdir()
    depth_mm = np.full((480, 640), 700, np.uint16)
    depth_mm[10, 10] = 0
    mask = np.zeros((480, 640), np.uint8)
    mask[204:276, 308:332] = 255
    depth_mm[mask > 0] = 660
    cv2.imwrite(str(scene / "depth_mm.png"), depth_mm)
    cv2.imwrite(str(scene / "color.png"), np.full((480, 640, 3), 128, np.uint8))
    cv2.imwrite(str(folder / "dev/masks/bar.png"), mask)
    intrinsics = {"fx": 600, "fy": 600, "cx": 319.5, "cy": 239.5, "width": 640, "height": 480}
    (scene / "intrinsics.json").write_text(json.dumps(intrinsics))
    common = {"scene": "one", "source": "here"}
    bar = {
        "command": "grasp the bar",
        "kind": "name",
        "mask": "masks/bar.png",
        "object_mask": "masks/bar.png",
        "graspable_80mm": True,
        "hollow": False,
    }
    banana = {
        "command": "grasp the banana",
        "kind": "absent",
        "mask": None,
        "object_mask": None,
        "graspable_80mm": "unknown",
    }
    rows = [common | bar, common | banana]
    (folder / "dev/scenes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
