"""Pictures of one bright bar each, and conversations about it, for the tests of tuning."""

import json

import cv2
import numpy as np

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.codec import GraspNumbers
from rt_grasp_ros.language.grounding import describe_closing, describe_place

WIDTH_PX, HEIGHT_PX = 224, 160


def draw_bar(rng):
    """Return a picture and the grasp across the middle of its bar."""
    label = GraspRectangle(
        *rng.uniform((50, 40), (170, 120)), rng.uniform(-1.5, 1.5), 50, 20, WIDTH_PX, HEIGHT_PX
    )
    picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 60, np.uint8)
    bar = cv2.boxPoints((label.centre.tolist(), (20, 90), -np.degrees(label.theta_rad)))
    cv2.fillConvexPoly(picture, bar.astype(np.int32), (200, 180, 40))
    return picture, label


def answer_for(label):
    """Return a grounded answer."""
    return (
        f"I see the marker {describe_place(label)}. The jaws close {describe_closing(label)}. "
        f"{GraspNumbers.from_rectangle(label).to_text()}"
    )


def write_conversations(folder, pictures=4, about_each=1, seed=0):
    """Write pictures and `rows.jsonl`; return its path."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(pictures):
        picture, label = draw_bar(rng)
        cv2.imwrite(str(folder / f"{index}.png"), picture[..., ::-1])
        rows += [
            {
                "id": f"{index}-{number}",
                "image": f"{index}.png",
                "width": WIDTH_PX,
                "height": HEIGHT_PX,
                "grasps": [label.corners().tolist()],
                "conversations": [
                    {"from": "human", "value": f"<image>\nGrasp the marker{'!' * number}"},
                    {"from": "gpt", "value": answer_for(label)},
                ],
            }
            for number in range(about_each)
        ]
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
