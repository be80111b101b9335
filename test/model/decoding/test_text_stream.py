from tokenizers import Tokenizer

from rt_grasp_ros.model.decoding.text_stream import telling
from rt_grasp_ros.resources import share_path

TOKENIZER = Tokenizer.from_file(str(share_path("models/rt-grasp-tiny/tokenizer.json")))


def heard(pieces):
    texts: list[str] = []
    tell = telling(TOKENIZER, texts.append)
    for piece in pieces:
        tell(piece)
    return texts


def test_the_text_so_far_is_told():
    ids = TOKENIZER.encode("The mug lies on the left.").ids
    assert heard([ids[:2], ids[2:]])[-1] == "The mug lies on the left."


def test_half_a_character_is_kept_back():
    ids = TOKENIZER.encode("é").ids
    assert len(ids) == 2
    assert heard([ids[:1], ids[1:]]) == ["", "é"]


def test_bytes_that_are_no_text_do_no_harm():
    half = TOKENIZER.encode("é").ids[1:]
    mug = TOKENIZER.encode(" mug").ids
    assert heard([half, half, mug])[-1].endswith(" mug")


def test_nobody_listens():
    assert telling(TOKENIZER, None) is None
