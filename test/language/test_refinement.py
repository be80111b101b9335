import itertools
import math
import string
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.grounding import agrees
from rt_grasp_ros.language.refinement import apply, describe, is_obeyed, load_follow_ups

FOLLOW_UPS = load_follow_ups()
REFINEMENTS = FOLLOW_UPS.refinements
WIDTH_PX, HEIGHT_PX = 640, 480

rectangles = st.builds(
    GraspRectangle,
    x_px=st.floats(0, WIDTH_PX - 1),
    y_px=st.floats(0, HEIGHT_PX - 1),
    theta_rad=st.floats(-2, 2),
    opening_px=st.floats(5, 300),
    jaw_px=st.floats(5, 100),
    image_width_px=st.just(WIDTH_PX),
    image_height_px=st.just(HEIGHT_PX),
)
names = st.sampled_from(sorted(REFINEMENTS))


def grasp(x_px=320.0, y_px=240.0, theta_rad=0.3, opening_px=60.0):
    return GraspRectangle(x_px, y_px, theta_rad, opening_px, 20.0, WIDTH_PX, HEIGHT_PX)


@given(names, rectangles)
def test_what_is_applied_is_obeyed_and_stays_in_the_picture(name, before):
    after = apply(REFINEMENTS[name], before)
    assert is_obeyed(REFINEMENTS[name], before, after)
    assert after.is_inside_image


@given(names, names, st.floats(60, 500), st.floats(60, 400), st.floats(-2, 2), st.floats(20, 200))
def test_a_refinement_of_another_direction_does_not_obey(
    asked, done, x_px, y_px, theta_rad, open_px
):
    before = grasp(x_px, y_px, theta_rad, open_px)
    # Twice or half as far in the same direction still counts.
    assume(asked.removesuffix("_bit") != done.removesuffix("_bit"))
    assert not is_obeyed(REFINEMENTS[asked], before, apply(REFINEMENTS[done], before))


@pytest.mark.parametrize(
    ("name", "x_px", "y_px"),
    [
        ("move_left", 300.8, 240.0),
        ("move_left_bit", 310.4, 240.0),
        ("move_right", 339.2, 240.0),
        ("move_up", 320.0, 220.8),
        ("move_down_bit", 320.0, 249.6),
    ],
)
def test_a_move_is_a_step_over_the_longer_side(name, x_px, y_px):
    after = apply(REFINEMENTS[name], grasp())
    assert (after.x_px, after.y_px) == pytest.approx((x_px, y_px))
    assert (after.theta_rad, after.opening_px) == (grasp().theta_rad, grasp().opening_px)


@pytest.mark.parametrize(
    ("name", "theta_deg"),
    [
        ("turn_counter_clockwise", 40),
        ("turn_counter_clockwise_bit", 25),
        ("turn_clockwise", -20),
        ("turn_clockwise_bit", -5),
        ("quarter_turn", -80),
    ],
)
def test_counter_clockwise_as_seen_is_positive(name, theta_deg):
    after = apply(REFINEMENTS[name], grasp(theta_rad=math.radians(10)))
    assert math.degrees(after.theta_rad) == pytest.approx(theta_deg)
    assert (after.x_px, after.y_px, after.opening_px) == (320.0, 240.0, 60.0)


def test_openings_change_by_a_quarter():
    assert apply(REFINEMENTS["wider"], grasp()).opening_px == pytest.approx(75)
    assert apply(REFINEMENTS["narrower"], grasp()).opening_px == pytest.approx(48)


def test_two_quarter_turns_are_the_same_grasp():
    twice = apply(REFINEMENTS["quarter_turn"], apply(REFINEMENTS["quarter_turn"], grasp()))
    assert twice.theta_rad == pytest.approx(grasp().theta_rad)


@given(names, rectangles)
def test_staying_where_one_is_never_obeys_where_there_is_room(name, before):
    refinement = REFINEMENTS[name]
    after = apply(refinement, before)
    moved_px = math.hypot(after.x_px - before.x_px, after.y_px - before.y_px)
    assume(moved_px > 1 or not name.startswith("move"))
    assert not is_obeyed(refinement, before, before)


def test_the_edges_of_the_tolerances():
    left, turn, wider = (REFINEMENTS[n] for n in ("move_left", "turn_clockwise", "wider"))
    step = 0.030 * WIDTH_PX
    for share, obeys in ((0.45, False), (0.55, True), (1.95, True), (2.05, False)):
        assert is_obeyed(left, grasp(), grasp(x_px=320 - share * step)) is obeys
    for across, obeys in ((0.45, True), (0.55, False)):
        astray = grasp(x_px=320 - step, y_px=240 + across * step)
        assert is_obeyed(left, grasp(), astray) is obeys
    for degrees, obeys in ((-19, False), (-21, True), (-39, True), (-41, False)):
        turned = grasp(theta_rad=0.3 + math.radians(degrees))
        assert is_obeyed(turn, grasp(), turned) is obeys
    for factor, obeys in ((1.1, False), (1.13, True), (1.5, True), (1.6, False)):
        assert is_obeyed(wider, grasp(), grasp(opening_px=60 * factor)) is obeys


def test_what_was_not_asked_for_must_stay():
    moved = apply(REFINEMENTS["move_left"], grasp())
    assert not is_obeyed(REFINEMENTS["move_left"], grasp(), moved.rotated_by(math.radians(16)))
    wide = replace(moved, opening_px=60 * 1.13)
    assert not is_obeyed(REFINEMENTS["move_left"], grasp(), wide)
    turned = apply(REFINEMENTS["turn_clockwise"], grasp())
    astray = replace(turned, x_px=320 + 0.016 * WIDTH_PX)
    assert not is_obeyed(REFINEMENTS["turn_clockwise"], grasp(), astray)


@given(names, rectangles, st.sampled_from(FOLLOW_UPS.refinement_answers))
def test_the_reasoning_agrees_with_the_numbers(name, before, template):
    refinement = REFINEMENTS[name]
    after = apply(refinement, before)
    reasoning = describe(refinement, after, template)
    assert agrees(reasoning, after)
    assert refinement.does in reasoning


def test_every_phrase_means_one_thing_and_none_for_evaluation_is_trained_on():
    entries = [*REFINEMENTS.values(), *FOLLOW_UPS.redirections.values()]
    phrases = [phrase for entry in entries for phrase in (*entry.phrases, *entry.unseen)]
    assert len(phrases) == len(set(phrases))
    assert all(phrase == phrase.lower() for phrase in phrases)
    assert all(len(entry.phrases) >= 6 and len(entry.unseen) >= 2 for entry in entries)


def test_templates_have_their_fields():
    fields = {"named_part": {"p"}, "other_object": {"o"}, "other_part": set()}
    for name, entry in FOLLOW_UPS.redirections.items():
        for phrase in itertools.chain(entry.phrases, entry.unseen):
            found = {field for _, field, _, _ in string.Formatter().parse(phrase) if field}
            assert found == fields[name], phrase
    for answer in FOLLOW_UPS.redirection_answers:
        assert all(field in answer for field in ("{object}", "{place}", "{take}", "{closing}"))


def test_a_refinement_is_known_by_any_of_a_sentence_s_wordings():
    said = load_follow_ups().refinement_said
    for refinement in load_follow_ups().refinements.values():
        assert said("and please", refinement.phrases[0]) == refinement
    assert said("grasp the mug") is None


def test_the_other_part_is_told_by_all_its_wordings():
    follow_ups = load_follow_ups()
    assert follow_ups.is_other_part("no", "the other end")
    assert not follow_ups.is_other_part("the mug instead")


@pytest.mark.parametrize(
    ("name", "x_px", "y_px", "x_after_px", "y_after_px"),
    [
        ("move_left", 1.0, 240.0, 0.0, 240.0),
        ("move_right", 638.0, 240.0, 639.0, 240.0),
        ("move_up", 320.0, 1.0, 320.0, 0.0),
        ("move_down", 320.0, 478.0, 320.0, 479.0),
    ],
)
def test_a_grasp_stays_within_the_pixels_of_the_picture(name, x_px, y_px, x_after_px, y_after_px):
    after = apply(REFINEMENTS[name], grasp(x_px, y_px))
    assert (after.x_px, after.y_px) == (x_after_px, y_after_px)
