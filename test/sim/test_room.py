import mujoco
import numpy as np
import pytest

from rt_grasp_ros.rollout.scripted_pick import lift_by_script, true_label
from rt_grasp_ros.sim.cameras.choice import CameraChoice
from rt_grasp_ros.sim.cell import Cell
from rt_grasp_ros.sim.judge import judge
from rt_grasp_ros.sim.placement import X_RANGE_M, Y_RANGE_M
from rt_grasp_ros.sim.room import random_room
from rt_grasp_ros.sim.scene import random_scene
from rt_grasp_ros.sim.scene_model import build_model

SLANTED = ("d455",), (1.0, 1.0), (45.0, 45.0)
WITHOUT, WITH = CameraChoice(*SLANTED), CameraChoice(*SLANTED, with_room=True)


def test_rooms_are_drawn_by_the_seed_and_leave_the_table_free():
    assert random_room(3) == random_room(3)
    assert random_room(3) != random_room(4)
    for seed in range(100):
        room = random_room(seed)
        start_m, end_m = room.table_x_m
        assert start_m < -0.1
        assert end_m > X_RANGE_M[1] + 0.1
        assert room.table_half_y_m > Y_RANGE_M[1] + 0.1
        assert room.floor_z_m < -0.5
        for box in room.furniture:
            assert box.centre_m[2] - box.half_m[2] == pytest.approx(room.floor_z_m)
            apart = np.abs(np.subtract(box.centre_m[:2], (0.5, 0.0))) - box.half_m[:2]
            assert apart.max() > 0.5


def test_nothing_else_of_a_scene_changes_and_nothing_of_the_room_is_touched():
    without, inside = (
        random_scene(2, count=3, cameras=WITHOUT),
        random_scene(2, count=3, cameras=WITH),
    )
    assert (without.objects, without.light, without.camera) == (
        inside.objects,
        inside.light,
        inside.camera,
    )
    assert without.room is None
    models = [build_model(scene, with_robot=False) for scene in (without, inside)]
    touching = [int(((m.geom_contype | m.geom_conaffinity) > 0).sum()) for m in models]
    assert touching[0] == touching[1]
    assert models[1].ngeom > models[0].ngeom + 5


@pytest.mark.sim
def test_the_floor_is_seen_beside_the_table_and_things_are_lifted_as_ever():
    scene = random_scene(5, ["banana"], cameras=WITH)
    with Cell(scene) as cell:
        seen = cell.observe()
        rows, columns = np.nonzero(np.isfinite(seen.depth_m))
        pixels = np.stack([columns + 0.5, rows + 0.5], axis=1)
        points = seen.intrinsics.back_project(pixels, seen.depth_m[rows, columns])
        heights_m = points @ seen.T_base_camera[2, :3] + seen.T_base_camera[2, 3]
        assert (np.abs(heights_m) < 0.03).mean() > 0.3
        assert (np.abs(heights_m - scene.room.floor_z_m) < 0.08).mean() > 0.02
        assert (heights_m < scene.room.floor_z_m - 0.15).mean() < 0.01
        lift_by_script(cell, true_label(cell, "banana"))
        assert judge(cell, "banana").lifted
        assert cell.data.warning[mujoco.mjtWarning.mjWARN_BADQACC].number == 0
