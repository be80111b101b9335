import math

import numpy as np
import pytest
from drawn_bar import bar, draw, find
from hypothesis import given, settings
from hypothesis import strategies as st

from rt_grasp_ros.grasp.errors import AnswerGarbled
from rt_grasp_ros.grasp.rectangle import jaw_angle_difference
from rt_grasp_ros.language.prompt import Turn, build_prompt
from rt_grasp_ros.model.families.rt_grasp import FAMILY
from rt_grasp_ros.model.family import chat_messages
from rt_grasp_ros.resources import share_path


@settings(max_examples=25, deadline=None)
@given(
    size=st.sampled_from([(640, 480), (480, 640), (1280, 720), (300, 300)]),
    x=st.floats(0.3, 0.7),
    y=st.floats(0.3, 0.7),
    theta_rad=st.floats(-math.pi / 2, math.pi / 2),
    length=st.floats(0.2, 0.5),
)
def test_a_bar_in_the_padded_picture_is_read_back_where_it_was_drawn(size, x, y, theta_rad, length):
    truth = bar(x, y, theta_rad, length, size)
    shown = FAMILY.picture(draw(truth))
    assert shown.shape[0] == shown.shape[1] == max(size)
    seen_x, seen_y, seen_theta_rad, seen_length = find(shown[: size[1], : size[0]])
    side = shown.shape[0]
    text = (
        f"It lies there. x {seen_x / side:.3f} y {seen_y / side:.3f} "
        f"theta {seen_theta_rad % math.pi / math.pi * 0.9995:.3f} w {seen_length / side:.3f}"
    )
    read = FAMILY.read(text, *size, score=0.5)
    assert (read.reasoning, read.score) == ("It lies there.", 0.5)
    np.testing.assert_allclose(read.rectangle.centre, truth.centre, atol=side / 1000)
    assert read.rectangle.opening_px == pytest.approx(truth.opening_px, abs=side / 400)
    assert jaw_angle_difference(read.rectangle.theta_rad, truth.theta_rad) < 0.01


def test_padding_moves_nothing():
    image = np.random.default_rng(0).integers(0, 255, (4, 6, 3), np.uint8)
    shown = FAMILY.picture(image)
    np.testing.assert_array_equal(shown[:4], image)
    assert (shown[4:] == shown[4, 0]).all()


def test_an_absent_object_is_no_rectangle():
    answer = FAMILY.read("There is no mug. No grasp.", 640, 480)
    assert (answer.reasoning, answer.rectangle) == ("There is no mug.", None)


def test_other_text_is_garbled():
    with pytest.raises(AnswerGarbled):
        FAMILY.read("Certainly! I would grasp the mug.", 640, 480)


def test_the_instruction_is_what_the_embedded_prompt_says():
    assert build_prompt("Grasp the Mug").endswith(
        f"\n{FAMILY.instruction('Grasp the Mug')} ASSISTANT:"
    )


@pytest.mark.torch
@pytest.mark.parametrize("turns", [0, 1, 2])
@pytest.mark.parametrize("bos_token", [None, "<s>"])
def test_the_servers_chat_template_builds_the_prompt_of_training(turns, bos_token):
    import jinja2  # comes with transformers

    template = jinja2.Template(share_path("config/rt_grasp_chat.jinja").read_text())
    taken = "I take it. x 0.100 y 0.200 theta 0.300 w 0.400"
    history = [Turn("Grasp the mug", taken), Turn("Higher", "I see none. No grasp.")][:turns]
    messages = chat_messages(FAMILY, "Turn it", history, {"type": "image"}, (640, 480))
    special = {"bos_token": bos_token} if bos_token else {}
    prompt = template.render(messages=messages, add_generation_prompt=True, **special)
    assert prompt == (bos_token or "") + build_prompt("Turn it", history)
