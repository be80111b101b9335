import numpy as np
from cornell_pictures import write_pictures
from drawn_labels import paint, painted_overlap

from rt_grasp_ros.data.compose import compose
from rt_grasp_ros.data.reasoning import load_reasoning
from rt_grasp_ros.data.recorded_things import thing_in
from rt_grasp_ros.language.vocabulary import load_vocabulary

TILE_PX = (224, 224)


def scene_of(tmp_path, count, seed):
    pictures = write_pictures(tmp_path, count)
    things = [thing_in(picture, load_reasoning(), load_vocabulary()) for picture in pictures]
    # Each picture shows its first label in white, so that the labels can be found again.
    images = [np.maximum(paint(thing.labels[0], 224, 224), 80) for thing in things]
    return compose(images, things, TILE_PX, np.random.default_rng(seed)), things


def test_labels_move_with_their_pictures(tmp_path):
    for count in (2, 3, 4):
        for seed in range(5):
            scene, things = scene_of(tmp_path, count, seed)
            height_px, width_px = scene.image_rgb.shape[:2]
            assert len(scene.things) == count
            firsts = [thing.labels[0] for thing in scene.things]
            painted = sum((paint(label, width_px, height_px) for label in firsts), np.uint8(0))
            assert painted_overlap(scene.image_rgb, painted) > 0.8
            assert [t.object_id for t in scene.things] == [t.object_id for t in things]


def test_two_lie_side_by_side_or_one_above_the_other(tmp_path):
    shapes = {scene_of(tmp_path, 2, seed)[0].image_rgb.shape for seed in range(8)}
    assert shapes == {(224, 448, 3), (448, 224, 3)}


def test_a_label_that_does_not_fit_into_its_tile_ends_the_composition(tmp_path):
    pictures = write_pictures(tmp_path, 2)
    things = [thing_in(picture, load_reasoning(), load_vocabulary()) for picture in pictures]
    images = [paint(thing.labels[0], 224, 224) for thing in things]
    assert compose(images, things, (30, 30), np.random.default_rng(0)) is None
