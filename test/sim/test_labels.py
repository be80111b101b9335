import numpy as np
import pytest
from shots import all_shots, shot

from rt_grasp_ros.sim.objects import PARTS

pytestmark = pytest.mark.sim


def test_every_part_of_every_object_is_labelled_once():
    for seen in all_shots():
        named = [(label.object_index, label.part_name) for label in seen.labels]
        assert named == list(seen.scene.part_ids)
        for index, placed in enumerate(seen.scene.objects):
            own = [label for label in seen.labels if label.object_index == index]
            assert [label.part_name for label in own] == list(PARTS[placed.name])
            assert [label.is_default for label in own] == [True] + [False] * (len(own) - 1)
            assert {label.colour_name for label in own} == {placed.colour_name}


def test_every_rectangle_is_centred_on_its_part():
    for seen in all_shots():
        for label in seen.labels:
            rows, columns = np.nonzero(seen.part_ids == label.part_id)
            away = np.hypot(columns + 0.5 - label.rectangle.x_px, rows + 0.5 - label.rectangle.y_px)
            assert away.min() < 4, (label.object_name, label.part_name)


def test_jaws_lie_beside_the_object():
    """At both ends of the jaw line there is no pixel of the part."""
    for seen in all_shots():
        for label in seen.labels:
            for x_px, y_px in label.rectangle.jaw_centres():
                if (
                    0 <= x_px < 512
                    and 0 <= y_px < 384
                    and label.object_name not in ("bowl", "mug", "cup")
                ):
                    assert seen.part_ids[int(y_px), int(x_px)] != label.part_id, label


def test_rectangles_are_the_projection_of_the_grasp_in_space():
    for seen in all_shots():
        T_camera_world = np.linalg.inv(seen.T_world_camera)
        for label in seen.labels:
            placed = seen.scene.objects[label.object_index]
            grasp = next(g for g in placed.grasps if g.part == label.part_name)
            closing, _, approach = label.T_world_grasp[:3, :3].T
            assert approach == pytest.approx([0, 0, -1])
            assert np.linalg.det(label.T_world_grasp[:3, :3]) == pytest.approx(1)
            top = np.array([*label.T_world_grasp[:2, 3], grasp.top_m[2]])
            ends = np.stack(
                [top, top - closing * label.opening_m / 2, top + closing * label.opening_m / 2]
            )
            pixels = seen.intrinsics.project(
                ends @ T_camera_world[:3, :3].T + T_camera_world[:3, 3]
            )
            assert label.rectangle.centre == pytest.approx(pixels[0], abs=1e-6)
            jaws = label.rectangle.jaw_centres()
            # The middle of a slanted segment is not quite the middle of its picture.
            assert min(np.abs(jaws - pixels[1:]).max(), np.abs(jaws[::-1] - pixels[1:]).max()) < 1.5


def test_parts_in_the_open_are_seen_whole():
    for seen in all_shots():
        for label in seen.labels:
            assert 0.6 < label.visible_fraction <= 1.0


def test_openings_leave_room_and_fit_the_gripper():
    for seen in all_shots():
        for label in seen.labels:
            assert 0.016 < label.opening_m <= 0.08


def test_the_same_seed_gives_the_same_labels():
    first = shot(4, ("mug", "spoon"))
    again = shot.__wrapped__(4, ("mug", "spoon"))
    assert [label.rectangle for label in first.labels] == [
        label.rectangle for label in again.labels
    ]
    assert np.array_equal(first.rgb, again.rgb)
