from rt_grasp_ros.language.prompt import Turn, build_prompt


def test_the_picture_comes_first():
    assert build_prompt("Grasp the Mug") == "USER: <image>\ngrasp the mug ASSISTANT:"


def test_earlier_turns_stand_as_they_were_written():
    turn = Turn("Grasp the mug", "I take it. x 0.100")
    earlier, later = build_prompt(turn.command), build_prompt("Turn it", [turn])
    assert later == f"{earlier}{turn.answer}</s>USER: turn it ASSISTANT:"
