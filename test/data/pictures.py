"""Small labelled pictures made in memory: coloured bars, no simulator needed."""

import cv2
import numpy as np

from rt_grasp_ros.data.grasp_picture import GraspPicture
from rt_grasp_ros.data.labels import LabelledPart
from rt_grasp_ros.data.shards import MAX_PARTS, LabelledPictures
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.vocabulary import load_vocabulary

HEIGHT_PX, WIDTH_PX = 96, 128


def random_parts(rng: np.random.Generator, width_px=640, height_px=480) -> list[LabelledPart]:
    """Label some objects of the vocabulary at random places."""
    vocabulary = load_vocabulary()
    names = rng.choice(sorted(vocabulary.objects), int(rng.integers(1, 6)), replace=False)
    parts = []
    for name in names:
        for index, part in enumerate(vocabulary.objects[name].parts):
            rectangle = GraspRectangle(
                rng.uniform(0, width_px),
                rng.uniform(0, height_px),
                rng.uniform(-1.5, 1.5),
                rng.uniform(10, 80),
                10,
                width_px,
                height_px,
            )
            colour = str(rng.choice([*vocabulary.colours, ""]))
            number = len(parts) + 1
            visible = float(rng.uniform(0.2, 1))
            label = LabelledPart(str(name), part, colour, number, rectangle, visible, index == 0)
            parts.append(label)
    return parts


def with_nameless(
    parts: list[LabelledPart], rng: np.random.Generator, count: int
) -> list[LabelledPart]:
    """Add things without a name, all in plain sight."""
    vocabulary = load_vocabulary()
    added = list(parts)
    for kind, part in rng.permutation(vocabulary.nameless_types)[:count].tolist():
        rectangle = GraspRectangle(
            rng.uniform(0, 640), rng.uniform(0, 480), rng.uniform(-1.5, 1.5), 30, 10, 640, 480
        )
        colour = str(rng.choice(vocabulary.colours))
        added.append(LabelledPart(kind, part, colour, len(added) + 1, rectangle, 1.0, True))
    return added


def bar_pictures(count: int, seed: int = 0) -> LabelledPictures:
    """Draw one bright bar a picture: the middle of a banana, to be closed on across the bar."""
    rng = np.random.default_rng(seed)
    types_of = load_vocabulary().part_types
    images = np.full((count, HEIGHT_PX, WIDTH_PX, 3), 60, np.uint8)
    cells = np.zeros((count, HEIGHT_PX // 8, WIDTH_PX // 8), np.uint8)
    types = np.zeros((count, MAX_PARTS), np.uint8)
    numbers = np.zeros((count, MAX_PARTS, 4), np.float32)
    for index in range(count):
        column, row = int(rng.integers(2, 13)), int(rng.integers(2, 9))
        images[index, row * 8 : row * 8 + 8, column * 8 - 8 : column * 8 + 16] = (250, 220, 40)
        cells[index, row, column - 1 : column + 2] = 1
        types[index, 0] = types_of.index(("banana", "middle")) + 1
        x_px, y_px = column * 8 + 4, row * 8 + 4
        numbers[index, 0] = (x_px / WIDTH_PX, y_px / WIDTH_PX, 0.1, np.pi / 2)
    return LabelledPictures(
        images=images,
        cell_parts=cells,
        types=types,
        colours=np.full((count, MAX_PARTS), 2, np.uint8),
        numbers=numbers,
        visible=np.ones((count, MAX_PARTS), np.float32),
        default=np.ones((count, MAX_PARTS), np.bool_),
    )


def bar_picture(folder, name="bar", bgr=(40, 220, 250), instructions=None):
    """A bar of 40 x 12 pixels on grey, yellow unless told otherwise, to be closed on across it."""
    image = np.full((96, 128, 3), 90, np.uint8)
    image[42:54, 44:84] = bgr
    cv2.imwrite(str(folder / f"{name}.png"), image)
    return GraspPicture(
        picture_id=name,
        object_id=name,
        object_name="bar",
        image_path=folder / f"{name}.png",
        depth_path=None,
        width_px=128,
        height_px=96,
        rectangles=(GraspRectangle(64, 48, np.pi / 2, 20, 10, 128, 96),),
        instructions=instructions
        or {"name": "Grasp the bar.", "color": "Grasp the yellow object."},
    )
