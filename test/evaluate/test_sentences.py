import numpy as np
import pytest
from labels import FixedEngine, part_label

from rt_grasp_ros.evaluate import sentences
from rt_grasp_ros.evaluate.scenes import SceneKind, draw_alike_scene, scene_of
from rt_grasp_ros.evaluate.sentences import Saying, SentenceTrial, summarise_sentences
from rt_grasp_ros.evaluate.trials import Bench
from rt_grasp_ros.grasp.error_code import ErrorCode
from rt_grasp_ros.language.unseen_commands import load_unseen_commands
from rt_grasp_ros.pipeline.command_outcome import CommandOutcome
from rt_grasp_ros.rollout.simulated_pick import SimulatedPicker

KIND = SceneKind(4, 5)
HANDLE = part_label("mug", "handle", part_id=1)
BODY = part_label("mug", "body", part_id=2)
BANANA = part_label("banana", "middle", part_id=3, index=1, colour="yellow")


def judged(saying, pointed, wanted, forbidden, reasoning=""):
    candidates = [] if pointed is None else [None]
    outcome = CommandOutcome("a sentence", candidates=candidates, reasoning=reasoning)
    return sentences._judged(saying, outcome, pointed, wanted, forbidden)


@pytest.mark.parametrize(
    ("saying", "pointed", "forbidden", "is_kept", "is_done"),
    [
        (Saying.OTHER_PART, BODY, (1,), True, True),
        (Saying.OTHER_PART, HANDLE, (1,), False, False),
        (
            Saying.OTHER_PART,
            BANANA,
            (1,),
            True,
            False,
        ),  # neither what is forbidden nor what is meant
        (Saying.OTHER_PART, None, (1,), True, False),
        (Saying.PROHIBITED, BODY, (1, 2), False, False),
        (Saying.PROHIBITED, BANANA, (1, 2), False, False),  # nothing at all may be taken
        (Saying.PROHIBITED, None, (1, 2), True, True),
        (Saying.BY_ACCIDENT, HANDLE, (3,), True, True),
        (Saying.BY_ACCIDENT, BANANA, (3,), False, False),
        (Saying.BY_ACCIDENT, None, (3,), True, False),
        (Saying.ONE_OF_TWO, BODY, (3,), True, True),
        (Saying.ONE_OF_TWO, BANANA, (3,), False, False),
    ],
)
def test_what_is_forbidden_and_what_is_meant(saying, pointed, forbidden, is_kept, is_done):
    said = judged(saying, pointed, BODY, forbidden)
    assert (said.is_kept, said.is_done) == (is_kept, is_done)


@pytest.mark.parametrize(
    ("reasoning", "pointed", "is_right"),
    [
        ("I see the yellow banana.", BANANA, True),
        ("I see the red banana.", BANANA, False),
        ("I see the banana.", BANANA, None),
        ("There is no red mug.", None, None),
    ],
)
def test_a_stated_colour_is_that_of_what_is_pointed_at(reasoning, pointed, is_right):
    said = judged(Saying.BY_ACCIDENT, pointed, BANANA, (), reasoning)
    assert said.is_colour_right is is_right


def row_of(saying, **values):
    row = {"saying": saying.value, "is_kept": True, "is_done": True, "is_colour_right": None}
    return row | values


def test_rates_count_sentences_of_their_kind_alone():
    said = [
        row_of(Saying.OTHER_PART),
        row_of(Saying.OTHER_PART, is_done=False),
        row_of(Saying.OTHER_PART, is_kept=False, is_done=False, is_colour_right=False),
        row_of(Saying.OTHER_PART, is_colour_right=True),
        row_of(Saying.PROHIBITED, is_kept=False),
        row_of(Saying.BY_ACCIDENT, is_done=False),
        row_of(Saying.BY_ACCIDENT),
        row_of(Saying.ONE_OF_TWO),
    ]
    report = summarise_sentences([{"sentences": said[:3]}, {"sentences": said[3:]}])
    assert (report["scenes"], report["sentences"]) == (2, 8)
    rates = {name: value for name, value in report.items() if name.endswith("_rate")}
    assert rates == {
        "exclusion_kept_rate": 0.75,
        "exclusion_done_rate": 0.5,
        "prohibition_kept_rate": 0.0,
        "by_accident_done_rate": 0.5,
        "one_of_two_kept_rate": 1.0,
        "one_of_two_done_rate": 1.0,
        "stated_colour_right_rate": 0.5,
    }


@pytest.fixture(scope="module")
def picker():
    return SimulatedPicker()


@pytest.mark.sim
@pytest.mark.parametrize(
    ("is_alike", "sayings"),
    [
        (False, [Saying.OTHER_PART, Saying.PROHIBITED, Saying.BY_ACCIDENT]),
        (True, [Saying.ONE_OF_TWO] * 2),
    ],
)
def test_each_sentence_is_said_of_its_scene(picker, is_alike, sayings):
    trial = SentenceTrial("sentences", 7, 1, KIND, is_alike)
    engine = FixedEngine(None)
    row = trial.run(Bench(engine, picker))
    assert [said["saying"] for said in row["sentences"]] == sayings
    assert all(said["is_kept"] for said in row["sentences"])
    assert trial.run(Bench(engine, picker)) == row
    assert trial.key == "sentences/1"
    if is_alike:
        assert len(set(row["objects"])) == len(row["objects"]) - 1
        left, right = (said["command"] for said in row["sentences"])
        assert "left" in left and "right" in right
    shown = scene_of(row["scene_seed"], row["objects"])
    assert [placed.name for placed in shown.objects] == row["objects"]


def test_two_of_one_name_are_drawn():
    for seed in range(5):
        names = [
            placed.name for placed in draw_alike_scene(KIND, np.random.default_rng(seed)).objects
        ]
        assert 4 <= len(names) <= 5
        assert len(set(names)) == len(names) - 1


def test_things_of_one_name_that_stand_too_close_are_not_told_apart_by_side():
    near = [part_label("mug", x_px=x, index=i, part_id=i + 1) for i, x in enumerate((100, 159))]
    far = [part_label("mug", x_px=x, index=i, part_id=i + 1) for i, x in enumerate((100, 161))]
    rng = np.random.default_rng(0)
    assert list(sentences._one_of_two(near, rng)) == []
    (_, left, meant, forbidden), (_, right, *_) = sentences._one_of_two(far, rng)
    assert meant is far[0] and forbidden == (2,)
    assert "left" in left and "right" in right


def test_every_kind_of_sentence_has_words_of_its_own():
    templates = load_unseen_commands().sentences
    assert set(templates) == set(Saying)
    fields = {"other_part": "{o}{p}", "one_of_two": "{o}{s}"}
    for saying, texts in templates.items():
        assert len(set(texts)) == len(texts) >= 6
        for text in texts:
            for field in ("{o}", "{p}", "{s}"):
                assert (field in text) == (field in fields.get(saying, "{o}"))


def test_an_outcome_says_how_it_ended():
    outcome = CommandOutcome("x", error_code=ErrorCode.COMMAND_FORBIDS, error_message="No.")
    said = sentences._judged(Saying.PROHIBITED, outcome, None, BODY, (1,))
    assert (said.error_code, said.text) == (ErrorCode.COMMAND_FORBIDS, "No.")
