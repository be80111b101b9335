"""Pictures of bars and discs with labels, as a reader of recorded pictures returns them."""

import cv2
import numpy as np

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.grasp.rectangle import GraspRectangle

SIZE_PX = 224
KINDS = {
    "marker": ("Grasp the red object.", "Grasp the long object.", "Grasp the object for writing."),
    "onion": ("Grasp the white object.", "Grasp the round object.", "Grasp the object for eating."),
    "stapler": (
        "Grasp the black object.",
        "Grasp the rectangular object.",
        "Grasp the object for joining paper.",
    ),
}


def labels_of(name: str, rng: np.random.Generator) -> tuple[GraspRectangle, ...]:
    """Label a line of grasps across a bar, or one place of a disc."""
    x_px, y_px = rng.uniform(90, 134, 2)
    count, step_px = (1, 0) if name == "onion" else (5, 14)
    offsets = (np.arange(count) - (count - 1) / 2) * step_px
    return tuple(
        GraspRectangle(x_px + offset, y_px, np.pi / 2, 36, 14, SIZE_PX, SIZE_PX)
        for offset in offsets
    )


def write_pictures(folder, count: int, seed: int = 0) -> list[GraspPicture]:
    """Write grey pictures with a darker bar under the labels."""
    rng = np.random.default_rng(seed)
    pictures = []
    for index in range(count):
        name = sorted(KINDS)[index % len(KINDS)]
        labels = labels_of(name, rng)
        image = np.full((SIZE_PX, SIZE_PX, 3), 200, np.uint8)
        left, right = labels[0].x_px - 7, labels[-1].x_px + 7
        y_px = labels[0].y_px
        cv2.rectangle(
            image, (int(left), int(y_px - 9)), (int(right), int(y_px + 9)), (60, 60, 60), -1
        )
        path = folder / f"{index}.png"
        cv2.imwrite(str(path), image)
        colour, shape, purpose = KINDS[name]
        pictures.append(
            GraspPicture(
                picture_id=str(index),
                object_id=f"{name}-{index}",
                object_name=name,
                image_path=path,
                depth_path=None,
                width_px=SIZE_PX,
                height_px=SIZE_PX,
                rectangles=labels,
                instructions={"color": colour, "shape": shape, "purpose": purpose},
            )
        )
    return pictures
