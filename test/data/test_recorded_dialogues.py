import numpy as np
import pytest

from rt_grasp_ros.data.recorded_dialogues import draw_recorded_dialogue
from rt_grasp_ros.grasp.rectangle import GraspRectangle
from rt_grasp_ros.language.answer import parse_answer
from rt_grasp_ros.language.grounding import agrees
from rt_grasp_ros.language.vocabulary import load_vocabulary

INSTRUCTIONS = {
    "name": "Grasp the pair of scissors.",
    "color": "Grsap the red object.",
    "shape": "Hold something with two rings",
    "strategy": "It has a hinge.",
}


@pytest.mark.parametrize("seed", range(40))
def test_the_answer_states_what_its_numbers_say(seed):
    rng = np.random.default_rng(seed)
    rectangle = GraspRectangle(
        rng.uniform(0, 224), rng.uniform(0, 224), rng.uniform(-1.5, 1.5), 40.0, 20.0, 224, 224
    )
    dialogue = draw_recorded_dialogue(INSTRUCTIONS, rectangle, load_vocabulary(), rng)
    answer = parse_answer(dialogue.answer, 224, 224)
    assert agrees(answer.reasoning, rectangle)
    assert answer.rectangle.matches(
        GraspRectangle(rectangle.x_px, rectangle.y_px, rectangle.theta_rad, 40.0, 20.0, 224, 224)
    )
    assert dialogue.command == dialogue.command.lower()
    assert "hinge" not in dialogue.command
    if "scissors" in dialogue.command:
        assert "pair of scissors" in answer.reasoning
