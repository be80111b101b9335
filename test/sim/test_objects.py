import numpy as np
import pytest

from rt_grasp_ros.grasp.grasp import Gripper
from rt_grasp_ros.sim.objects import (
    HELD_OUT,
    NAMELESS,
    OBJECT_NAMES,
    PARTS,
    UnknownObject,
    make_object,
)
from rt_grasp_ros.sim.palette import PALETTE
from rt_grasp_ros.sim.shape import ObjectShape, PartGrasp

SEEDS = range(8)
EVERYTHING = (*OBJECT_NAMES, *NAMELESS)
# The random wall of a pot may lean into a finger; nothing without a name is ever picked up.
PICKED_UP = tuple(name for name in EVERYTHING if name != "pot")
FINGER_BELOW_TIP_M = 0.009
HAND_ABOVE_TIP_M = 0.034
HAND_HALF_LENGTH_M = 0.10
HAND_HALF_BREADTH_M = 0.032


def solid_points(shape: ObjectShape) -> np.ndarray:
    """Points 2 mm apart in all collision boxes."""
    clouds = []
    for box in shape.boxes:
        axes = [np.linspace(-half, half, int(2 * half / 0.002) + 2) for half in box.half_m]
        grid = np.stack(np.meshgrid(*axes), -1).reshape(-1, 3)
        clouds.append(grid @ box.rotation.T + box.centre_m)
    return np.concatenate(clouds)


def in_grasp_frame(points: np.ndarray, grasp: PartGrasp) -> np.ndarray:
    """Columns: along the closing direction, across it, above the fingertip point."""
    offset = points - grasp.tip_m
    return np.stack(
        [offset @ grasp.closing, offset @ np.cross([0, 0, 1], grasp.closing), offset[:, 2]]
    )


def test_there_are_enough_objects_and_the_held_out_ones_are_among_them():
    assert len(OBJECT_NAMES) >= 20
    assert len(HELD_OUT) == 4
    assert set(HELD_OUT) < set(OBJECT_NAMES)
    assert not set(NAMELESS) & set(OBJECT_NAMES)


def test_an_unknown_object_is_refused():
    with pytest.raises(UnknownObject, match="unicorn"):
        make_object("unicorn", 0)


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_seed_draws_the_same_instance_and_another_seed_another(name):
    first, again, other = make_object(name, 3), make_object(name, 3), make_object(name, 4)
    assert np.array_equal(solid_points(first), solid_points(again))
    assert first.colour_name == again.colour_name
    assert first.mass_kg == again.mass_kg != other.mass_kg


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_part_is_seen_touched_and_graspable(name):
    for seed in SEEDS:
        shape = make_object(name, seed)
        assert shape.parts == PARTS.get(name, ("body",))
        assert shape.default_part == shape.parts[0]
        assert set(shape.parts) == {visual.part for visual in shape.visuals}
        assert set(shape.parts) == {box.part for box in shape.boxes}
        assert shape.colour_name in PALETTE
        assert 0.03 <= shape.mass_kg <= 0.30


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_object_rests_on_the_table(name):
    for seed in SEEDS:
        shape = make_object(name, seed)
        lowest_m = solid_points(shape)[:, 2].min()
        seen_lowest_m = min(visual.mesh.vertices_m[:, 2].min() for visual in shape.visuals)
        assert lowest_m == pytest.approx(0.0, abs=1e-9)
        assert -0.002 < seen_lowest_m < 0.003


@pytest.mark.parametrize("name", EVERYTHING)
def test_what_touches_agrees_with_what_is_seen(name):
    for seed in SEEDS:
        shape = make_object(name, seed)
        solid = solid_points(shape)
        seen = np.concatenate([visual.mesh.vertices_m for visual in shape.visuals])
        assert solid.min(axis=0) == pytest.approx(seen.min(axis=0), abs=0.012)
        assert solid.max(axis=0) == pytest.approx(seen.max(axis=0), abs=0.012)


@pytest.mark.parametrize("name", PICKED_UP)
def test_fingers_and_hand_come_down_without_touching_the_object(name):
    gripper = Gripper()
    for seed in SEEDS:
        shape = make_object(name, seed)
        points = solid_points(shape)
        for grasp in shape.grasps:
            assert grasp.width_m <= 0.065
            along, across, above = in_grasp_frame(points, grasp)
            inner_m = min(gripper.max_opening_m, grasp.width_m + gripper.clearance_m) / 2
            outer_m = inner_m + gripper.finger_thickness_m
            finger = (np.abs(along) > inner_m) & (np.abs(along) < outer_m)
            finger &= (np.abs(across) < gripper.finger_breadth_m / 2) & (
                above > -FINGER_BELOW_TIP_M
            )
            hand = (np.abs(along) < HAND_HALF_LENGTH_M) & (np.abs(across) < HAND_HALF_BREADTH_M)
            hand &= above > HAND_ABOVE_TIP_M
            assert not finger.any(), (name, seed, grasp.part)
            assert not hand.any(), (name, seed, grasp.part)


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_labelled_width_is_the_width_between_the_pads(name):
    for seed in SEEDS:
        shape = make_object(name, seed)
        points = solid_points(shape)
        for grasp in shape.grasps:
            along, across, above = in_grasp_frame(points, grasp)
            between = (np.abs(across) < 0.010) & (np.abs(above) < 0.009)
            between &= np.abs(along) < grasp.width_m / 2 + 0.008
            assert np.ptp(along[between]) == pytest.approx(grasp.width_m, abs=0.008)
