"""Features of crops, mapped to meanings, beside those of other words."""

import json
import shutil

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from rt_grasp_ros.grasp.camera import Intrinsics
from rt_grasp_ros.grasp.colour_names import COLOURS
from rt_grasp_ros.grasp.errors import CheckpointInvalid
from rt_grasp_ros.grasp.frame import RgbdFrame
from rt_grasp_ros.grasp.plane import Plane
from rt_grasp_ros.model.word_eye.household import Household, load_household_words
from rt_grasp_ros.model.word_eye.image_classes import ImageClasses
from rt_grasp_ros.model.word_eye.shipped import DEFAULT_WORD_EYE
from rt_grasp_ros.model.word_eye.text_encoder import OnnxTextEncoder, packaged_graph
from rt_grasp_ros.model.word_eye.word_eye import (
    EVIDENCE,
    WordEye,
    WordMap,
    colour_fits,
    load_word_eye,
)
from rt_grasp_ros.proposals.measures import sides_m
from rt_grasp_ros.proposals.segments import Segment
from rt_grasp_ros.resources import share_path

WORDS = {"red": 0, "green": 1, "blue": 2, "scarlet": 0}
INTRINSICS = Intrinsics(600.0, 600.0, 319.5, 239.5, 640, 480)


class MeanColour:
    """An encoder whose features are a crop's mean colour, which counts its crops."""

    side_px = 32

    def __init__(self):
        self.looked_at = 0

    def features(self, crops):
        self.looked_at += len(crops)
        return np.stack([crop.reshape(-1, 3).mean(axis=0) for crop in crops]).astype(np.float32)


class Axes:
    """Words that are axes of colour; unknown ones lie between all."""

    def embeddings(self, phrases):
        unknown = np.ones(3) / np.sqrt(3)
        rows = [np.eye(3)[WORDS[word]] if word in WORDS else unknown for word in phrases]
        return np.array(rows, np.float32)


def household(**meanings):
    """Return the list with meanings of a few of its words; the others are like none."""
    words = load_household_words()
    uses = [use for each in words.purposes for use in each]
    nouns, purposes = np.zeros((len(words.nouns), 3)), np.zeros((len(uses), 3))
    for said, axis in meanings.items():
        for place, known in ((nouns, words.nouns), (purposes, uses)):
            if said in known:
                place[known.index(said), axis] = 1.0
    return Household(nouns.astype(np.float32), purposes.astype(np.float32))


def classes(strength):
    """Return classes that are the axes of colour; without strength they say nothing."""
    axes = np.eye(3, dtype=np.float32)
    usual = np.full(3, 1 / 3, np.float32)
    return ImageClasses(strength * axes, np.zeros(3, np.float32), axes, usual)


def word_map(**changes):
    values = {
        "map": np.eye(3, dtype=np.float32),
        "feature_mean": np.zeros(3, np.float32),
        "meaning_mean": np.zeros(3, np.float32),
        "vocabulary": np.eye(3, dtype=np.float32),
        "other_crops": np.eye(3, dtype=np.float32),
        "calibration": np.array([-5, 8, 0, 0, 0, 0, 0, 0, 0.7, 0.5, 0.6], np.float32),
        "familiar": np.array([0.1, -0.1, 0, 0], np.float32),
        "is_rooted": False,
        "household": household(),
        "classes": classes(0.0),
    }
    return WordMap(**{**values, **changes})


@pytest.fixture
def frame():
    rgb = np.full((480, 640, 3), 128, np.uint8)
    rgb[100:200, 100:200] = (200, 10, 10)
    rgb[100:200, 300:400] = (10, 200, 10)
    depth_m = np.full((480, 640), 0.7, np.float32)
    return RgbdFrame(rgb, depth_m, INTRINSICS, "camera", 0)


def segment(left):
    mask = np.zeros((480, 640), bool)
    mask[100:200, left : left + 100] = True
    plane = Plane(np.array([0.0, 0.0, -1.0]), 0.7, 0.001)
    return Segment(mask, (left, 100, 100, 100), np.zeros(3), 0.1, 0.05, plane)


RED, GREEN = segment(100), segment(300)


def test_each_segment_fits_its_own_word_best(frame):
    eye = WordEye(MeanColour(), Axes(), word_map())
    fits = eye.fits(frame, [RED, GREEN], ["red", "green", "scarlet"])
    assert fits.shape == (2, 3)
    assert fits[0, 0] > 0.5 > fits[1, 0]
    assert fits[1, 1] > 0.5 > fits[0, 1]
    np.testing.assert_allclose(fits[:, 2], fits[:, 0])


def test_what_measures_as_its_name_says_fits_better(frame):
    eye = WordEye(MeanColour(), Axes(), word_map(household=household(fork=0, cup=1)))
    plain = WordEye(MeanColour(), Axes(), word_map())
    # A fork is 19 cm long and 3 cm broad, a cup 9 and 8; both things are cubes of 12 cm.
    sized, unsized = (one.fits(frame, [RED, GREEN], ["red", "green"]) for one in (eye, plain))
    assert sized[0, 0] < unsized[0, 0]
    assert sized[1, 1] > unsized[1, 1]


def test_what_has_the_colour_of_its_name_fits_better(frame):
    eye = WordEye(MeanColour(), Axes(), word_map(household=household(strawberry=0, mug=1)))
    plain = WordEye(MeanColour(), Axes(), word_map(household=household(mug=0, cup=1)))
    red, green = (one.fits(frame, [RED, GREEN], ["red"])[:, 0] for one in (eye, plain))
    assert red[0] / red[1] > green[0] / green[1]


def test_what_the_pretrained_classes_say_counts_too(frame):
    eye = WordEye(MeanColour(), Axes(), word_map(classes=classes(1.0)))
    plain = WordEye(MeanColour(), Axes(), word_map())
    (red, green), (red_alone, green_alone) = (
        one.fits(frame, [RED, GREEN], ["red"])[:, 0] for one in (eye, plain)
    )

    def logit(fit):
        return np.log(fit / (1 - fit))

    assert logit(red) - logit(red_alone) == pytest.approx(0.6 * np.log(0.98 * 3 + 0.02), abs=0.01)
    assert logit(green) - logit(green_alone) == pytest.approx(0.6 * np.log(0.02), abs=0.01)


def test_a_purpose_is_looked_for_under_the_names_of_what_serves_it(frame):
    known = household(hammer=1, fork=0, **{"driving nails": 2, "eating": 0})
    eye = WordEye(MeanColour(), Axes(), word_map(household=known))
    red, green = eye.fits(frame, [RED, GREEN], ["thing for blue"])[:, 0]
    assert green > red


def test_familiar_is_told_by_its_own_weights(frame):
    red, green = WordEye(MeanColour(), Axes(), word_map()).familiar(frame, [RED, GREEN])
    assert red > 0.99
    assert green < 0.01


def test_no_segments_and_no_words_are_no_error(frame):
    eye = WordEye(MeanColour(), Axes(), word_map())
    assert eye.fits(frame, [], ["red"]).shape == (0, 1)
    assert eye.fits(frame, [RED], []).shape == (1, 0)
    assert eye.familiar(frame, []).shape == (0,)


def test_a_picture_is_looked_at_once_but_a_buffer_with_another_picture_anew(frame):
    encoder = MeanColour()
    eye = WordEye(encoder, Axes(), word_map())
    before = eye.fits(frame, [RED], ["green"])
    assert eye.fits(frame, [RED], ["green"]) == before
    assert encoder.looked_at == 1
    frame.rgb[:] = (10, 200, 10)
    assert eye.fits(frame, [RED], ["green"])[0, 0] > 0.5
    assert encoder.looked_at == 2


def test_evidence_says_how_a_word_stands_beside_others():
    shown = word_map(other_crops=np.array([[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32))
    features = np.array([[0.8, 0.6, 0.0]], np.float32)
    seen = shown.seen(features, np.array([[0.1, 0.1, 0.1]]), np.ones((1, len(COLOURS))))
    told = shown.evidence(seen, np.eye(3, dtype=np.float32)[:2])[0]
    assert told.shape == (2, EVIDENCE)
    one, cosine, beside_rivals, rank, nearest, related, usual, often, *measured = told.T
    assert one.tolist() == [1, 1]
    np.testing.assert_allclose(cosine, [0.8, 0.6], atol=1e-6)
    np.testing.assert_allclose(beside_rivals, [0.8 - 0.3, 0.6 - 0.4], atol=1e-6)
    np.testing.assert_allclose(rank, [0.0, np.log(2)], atol=1e-6)
    np.testing.assert_allclose(nearest, [1, 1])
    np.testing.assert_allclose(related, [1 / 3, 1 / 3], atol=1e-6)
    np.testing.assert_allclose(usual, [1.6 / 3, 0.8 / 3], atol=1e-6)
    np.testing.assert_allclose(often, [0.92, 0.64], atol=1e-6)
    assert len(measured) == 3


def test_what_measures_say_counts_by_the_calibration(frame):
    banana = household(banana=0)
    told = [
        WordEye(MeanColour(), Axes(), word_map(household=banana, calibration=weights)).fits(
            frame, [RED], ["red"]
        )
        for weights in (np.zeros(EVIDENCE), np.eye(EVIDENCE)[8], np.eye(EVIDENCE)[9])
    ]
    logits = [float(np.log(one[0, 0] / (1 - one[0, 0]))) for one in told]
    sides, fits = sides_m(frame, [RED]), colour_fits(frame, [RED])
    word = Axes().embeddings(["red"])
    assert logits[0] == 0.0
    assert logits[1] == pytest.approx(banana.size_logits(sides, word)[0, 0], abs=1e-5)
    assert logits[2] == pytest.approx(banana.colour_logits(fits, word)[0, 0], abs=1e-5)
    assert 0.0 not in logits[1:]


def test_a_map_takes_features_to_unit_meanings():
    rooted = word_map(is_rooted=True, feature_mean=np.ones(3, np.float32))
    meanings = rooted.meanings(np.array([[4.0, 1.0, -9.0]], np.float32))
    expected = np.array([1.0, 0.0, -1.0]) / np.sqrt(2)
    np.testing.assert_allclose(meanings[0], expected, atol=1e-6)


def test_another_list_of_household_words_is_no_word_eye(tmp_path):
    share = share_path(DEFAULT_WORD_EYE)
    shutil.copytree(share, tmp_path, dirs_exist_ok=True)
    tensors = load_file(share / "word_map.safetensors")
    tensors["household_nouns"] = tensors["household_nouns"][1:]
    save_file(tensors, tmp_path / "word_map.safetensors")
    with pytest.raises(CheckpointInvalid, match="list of household words"):
        load_word_eye(tmp_path)


def test_what_ships_knows_the_classes_of_its_encoder():
    classes = load_word_eye(share_path(DEFAULT_WORD_EYE)).word_map.classes
    assert classes.rows.shape == (1000, 1280)
    assert classes.bias.shape == classes.usual.shape == (1000,)
    assert classes.usual.sum() == pytest.approx(1.0, abs=1e-3)
    np.testing.assert_allclose(np.linalg.norm(classes.meanings, axis=1), 1.0, atol=1e-3)
    rows = classes.rows - classes.rows.mean(axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    coffee_mug, cup, banana, orange, lemon = 504, 968, 954, 950, 951
    assert cup in np.argsort(-(rows @ rows[coffee_mug]))[1:4]
    assert rows[orange] @ rows[lemon] > 0.3 > rows[orange] @ rows[banana]


def test_what_ships_holds_the_meanings_of_the_list_that_ships():
    share = share_path(DEFAULT_WORD_EYE)
    config = json.loads((share / "config.json").read_text())
    graph = packaged_graph(config["text_encoder"]["package_sha256"])
    texts = OnnxTextEncoder(graph, share / "tokenizer.json")
    tensors = load_file(share / "word_map.safetensors")
    words = load_household_words()
    uses = [use for each in words.purposes for use in each]
    for stored, known in (("household_nouns", words.nouns), ("household_purposes", uses)):
        alike = (tensors[stored][::16] * texts.embeddings(known[::16])).sum(axis=1)
        np.testing.assert_allclose(alike, 1.0, atol=1e-3)


def test_a_broken_folder_is_named(tmp_path):
    with pytest.raises(CheckpointInvalid, match="word eye"):
        load_word_eye(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"image_encoder": {}, "text_encoder": {}}))
    save_file({"map": np.zeros((3, 3), np.float32)}, tmp_path / "word_map.safetensors")
    with pytest.raises(CheckpointInvalid, match="word eye"):
        load_word_eye(tmp_path)
